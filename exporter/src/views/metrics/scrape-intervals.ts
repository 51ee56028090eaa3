const [KEPT_GAPS, MAX_SCRAPERS] = [9, 16];

type Seen = { last: number; readonly gaps: number[] };

/** Someone who came at least twice: how often, and how long ago the last time, in seconds. */
export type Scraper = { readonly address: string; readonly intervalSeconds: number; readonly agoSeconds: number };

/** Learns from the last scrapes of each address how often it comes. Times are monotonic seconds. */
export class ScrapeIntervals {
  readonly #seen = new Map<string, Seen>();

  /** Notes a scrape; beyond 16 addresses the one unseen for longest is forgotten. */
  observe(address: string, seconds: number): void {
    const known = this.#seen.get(address) ?? { last: seconds, gaps: [] };
    if (seconds > known.last) known.gaps.push(seconds - known.last);
    if (known.gaps.length > KEPT_GAPS) known.gaps.shift();
    known.last = seconds;
    this.#seen.delete(address);
    this.#seen.set(address, known);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > MAX_SCRAPERS && oldest !== undefined) this.#seen.delete(oldest);
  }

  /** The median gap in seconds of every address that came at least twice. */
  medians(): ReadonlyMap<string, number> {
    return new Map(this.scrapers(0).map(({ address, intervalSeconds }) => [address, intervalSeconds]));
  }

  /** Everyone who came at least twice, as of `seconds`. */
  scrapers(seconds: number): readonly Scraper[] {
    return [...this.#seen]
      .filter(([, { gaps }]) => gaps.length > 0)
      .map(([address, { last, gaps }]) => ({ address, intervalSeconds: medianOf(gaps), agoSeconds: seconds - last }));
  }
}

function medianOf(gaps: readonly number[]): number {
  const sorted = [...gaps].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
