/** What is known of a target: its last scrape worked, failed, or there was none. */
export type Standing = 'proven' | 'new' | 'failed';

const TOTAL = 32;
const MOST: { readonly [standing in Standing]: number } = { proven: 20, new: 16, failed: 8 };
const ORDER: readonly Standing[] = ['proven', 'new', 'failed'];

/**
 * Leave to scrape, 32 at once over a pool. Targets that failed share 8 of these and new ones 16, so that eight are
 * always there for targets that answer, however many others hang.
 */
export class Slots {
  private readonly held: { [standing in Standing]: number } = { proven: 0, new: 0, failed: 0 };
  private readonly waiting: { readonly [standing in Standing]: (() => void)[] } = { proven: [], new: [], failed: [] };

  /** Resolves when a target of this standing may be scraped; the caller gives the slot back. */
  take(standing: Standing): Promise<void> {
    return new Promise((resolve) => {
      this.waiting[standing].push(resolve);
      this.admit();
    });
  }

  /** Gives back a slot that was taken for `standing`. */
  give(standing: Standing): void {
    this.held[standing] -= 1;
    this.admit();
  }

  private admit(): void {
    for (const standing of ORDER) {
      while (this.hasRoom(standing)) {
        const admitted = this.waiting[standing].shift();
        if (!admitted) break;
        this.held[standing] += 1;
        admitted();
      }
    }
  }

  private hasRoom(standing: Standing): boolean {
    const { proven, new: unknown, failed } = this.held;
    return proven + unknown + failed < TOTAL && this.held[standing] < MOST[standing];
  }
}
