import type { PublishedState } from '../../facts/published';
import type { Instant } from '../../units/interval';
import { hasFailed } from './feed-failed';

const [KEPT, ENOUGH] = [60, 5];

/** The age of a feed's newest fact when it was seen last, and the ages at which something newer came, in seconds. */
type Known = { readonly age: number | null; readonly agesAtNews: readonly number[] };

/**
 * Learns from the states that are shown how old the newest fact of each feed usually gets until a newer one comes.
 * So a feed that is stuck teaches nothing, however soon after the start, and neither does one that fails.
 */
export class FeedLags {
  #known: ReadonlyMap<string, Known> = new Map();
  #seenAt: Instant | null = null;

  /** Notes a state; the same one again changes nothing, and feeds that are gone are forgotten. */
  observe({ computedAt, feeds }: Pick<PublishedState, 'computedAt' | 'feeds'>): void {
    if (computedAt === this.#seenAt) return;
    this.#seenAt = computedAt;
    this.#known = new Map(
      feeds.map((health) => {
        const { age, agesAtNews } = this.#known.get(health.feed) ?? { age: null, agesAtNews: [] };
        const { lagSeconds } = health;
        if (lagSeconds === null || hasFailed(health)) return [health.feed, { age, agesAtNews }];
        const hasNews = age !== null && lagSeconds < age;
        return [
          health.feed,
          { age: lagSeconds, agesAtNews: hasNews ? [...agesAtNews.slice(1 - KEPT), age] : agesAtNews },
        ];
      }),
    );
  }

  /** The median of these ages, in seconds, of every feed that brought news at least five times. */
  usualSeconds(): ReadonlyMap<string, number> {
    const known = [...this.#known].filter(([, { agesAtNews }]) => agesAtNews.length >= ENOUGH);
    return new Map(known.map(([feed, { agesAtNews }]) => [feed, medianOf(agesAtNews)]));
  }
}

function medianOf(ages: readonly number[]): number {
  const sorted = [...ages].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
