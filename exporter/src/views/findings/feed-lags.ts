import type { PublishedState } from '../../facts/published';
import type { Instant } from '../../units/interval';
import { hasFailed } from './feed-failed';
import { isStale } from './feed-stale';

const [KEPT, ENOUGH] = [60, 5];

/**
 * Learns from the states that are shown how old the newest fact of each feed usually is.
 * An age that is already stale, or of a feed that fails, teaches nothing; so a stuck feed stays known as stuck.
 */
export class FeedLags {
  #lags: ReadonlyMap<string, readonly number[]> = new Map();
  #seenAt: Instant | null = null;

  /** Notes a state; the same one again changes nothing, and feeds that are gone are forgotten. */
  observe({ computedAt, feeds }: Pick<PublishedState, 'computedAt' | 'feeds'>): void {
    if (computedAt === this.#seenAt) return;
    this.#seenAt = computedAt;
    const usual = this.usualSeconds();
    this.#lags = new Map(
      feeds.map((health) => {
        const known = this.#lags.get(health.feed) ?? [];
        const { lagSeconds } = health;
        const isTelling = lagSeconds !== null && !hasFailed(health);
        const teaches = isTelling && !isStale(lagSeconds, usual.get(health.feed) ?? Infinity);
        return [health.feed, teaches ? [...known.slice(1 - KEPT), lagSeconds] : known];
      }),
    );
  }

  /** The median age in seconds of every feed that was seen at least five times. */
  usualSeconds(): ReadonlyMap<string, number> {
    const known = [...this.#lags].filter(([, lags]) => lags.length >= ENOUGH);
    return new Map(known.map(([feed, lags]) => [feed, medianOf(lags)]));
  }
}

function medianOf(lags: readonly number[]): number {
  const sorted = [...lags].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
