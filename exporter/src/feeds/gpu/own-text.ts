import { ownText } from '../own-text';

/** The texts of one target: what one scrape repeats of the last is the same text, not another copy. */
export class OwnTexts {
  private before: ReadonlyMap<string, string> = new Map();
  private now = new Map<string, string>();

  /** Begins a scrape; texts that the last one did not use are forgotten. */
  next(): void {
    this.before = this.now;
    this.now = new Map();
  }

  own(text: string): string {
    const known = this.now.get(text);
    if (known !== undefined) return known;
    const own = this.before.get(text) ?? ownText(text);
    this.now.set(own, own);
    return own;
  }
}
