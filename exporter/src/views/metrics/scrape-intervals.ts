const [KEPT_GAPS, MAX_SCRAPERS] = [9, 16];

type Scraper = { last: number; readonly gaps: number[] };

/** Learns from the last scrapes of each address how often it comes. Times are monotonic seconds. */
export class ScrapeIntervals {
  readonly #scrapers = new Map<string, Scraper>();

  /** Notes a scrape; beyond 16 addresses the one unseen for longest is forgotten. */
  observe(address: string, seconds: number): void {
    const known = this.#scrapers.get(address) ?? { last: seconds, gaps: [] };
    if (seconds > known.last) known.gaps.push(seconds - known.last);
    if (known.gaps.length > KEPT_GAPS) known.gaps.shift();
    known.last = seconds;
    this.#scrapers.delete(address);
    this.#scrapers.set(address, known);
    const [oldest] = this.#scrapers.keys();
    if (this.#scrapers.size > MAX_SCRAPERS && oldest !== undefined) this.#scrapers.delete(oldest);
  }

  /** The median gap in seconds of every address that came at least twice. */
  medians(): ReadonlyMap<string, number> {
    const known = [...this.#scrapers].filter(([, { gaps }]) => gaps.length > 0);
    return new Map(known.map(([address, { gaps }]) => [address, medianOf(gaps)]));
  }
}

function medianOf(gaps: readonly number[]): number {
  const sorted = [...gaps].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)]!;
}
