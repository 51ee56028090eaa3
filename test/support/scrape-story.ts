import type { FeedHealth } from '../../exporter/src/facts/published';
import type { Scrape, ScrapePool, ScrapeVerdict } from '../../exporter/src/feeds/scrape/pool';
import { createScrapePool, type ScrapePoolOptions } from '../../exporter/src/feeds/scrape/read-pool';
import type { ScrapeSettings, Target } from '../../exporter/src/feeds/scrape/settings';

/** A pool of the feed `gpus` and what it handed over. */
export type ScrapeStory = {
  readonly pool: ScrapePool;
  readonly scrapes: readonly Scrape[];
  /** The row `gpus/…` whose name ends so; undefined when there is none. */
  row(ending: string | number): FeedHealth | undefined;
  /** How often a port handed a whole body over. */
  scrapesOf(port: number): number;
};

/** How a story differs from the usual one: 150 ms between scrapes, 100 ms a scrape, a body of 100 kB at most. */
export type StoryOptions = Partial<Omit<ScrapePoolOptions, 'settings'>> & {
  readonly targets?: readonly Target[];
  readonly settings?: Partial<ScrapeSettings>;
};

const SETTINGS: Omit<ScrapeSettings, 'source'> = {
  intervalMs: 150,
  timeoutMs: 100,
  bodyLimitBytes: 100_000,
  sampleLimit: 1000,
  tls: null,
  basicAuth: null,
  bearerTokenFile: null,
};

const begun: ScrapePool[] = [];

/** A verdict on `rows` accepted samples. */
export function verdictOf(rows: number): ScrapeVerdict {
  return { outcome: rows > 0 ? 'ok' : 'empty', rows: { accepted: rows, rejected: 0 }, dropped: {} };
}

/** Starts a pool; {@link endStories} stops it. */
export function beginStory({ targets = [], settings, onScrape, ...rest }: StoryOptions): ScrapeStory {
  const scrapes: Scrape[] = [];
  const source = { kind: 'static', targets } as const;
  const pool = createScrapePool({
    feed: 'gpus',
    settings: { ...SETTINGS, source, ...settings },
    clock: { now: () => Date.now(), speed: 1 },
    onScrape(scrape) {
      scrapes.push(scrape);
      return onScrape ? onScrape(scrape) : verdictOf(scrape.body === '' ? 0 : 2);
    },
    ...rest,
  });
  begun.push(pool);
  pool.start();
  return {
    pool,
    scrapes,
    row: (ending) => pool.health().find(({ feed }) => feed.endsWith(String(ending))),
    scrapesOf: (port) => scrapes.filter(({ target }) => new URL(target.url).port === String(port)).length,
  };
}

/** Stops all pools that were begun. */
export async function endStories(): Promise<void> {
  await Promise.all(begun.splice(0).map((pool) => pool.stop()));
}

/** Waits until `holds`; fails with what `look` shows when it does not come true in half a minute. */
export async function until(holds: () => boolean, look: () => unknown = () => null): Promise<void> {
  for (let round = 0; !holds(); round++) {
    if (round > 3000) throw new Error(`It did not come true: ${holds.toString()} ${JSON.stringify(look(), null, 2)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until a row ends in the outcome, and gives it. */
export async function rowWith(
  story: ScrapeStory,
  ending: string | number,
  outcome: FeedHealth['outcome'],
): Promise<FeedHealth> {
  await until(
    () => story.row(ending)?.outcome === outcome,
    () => story.pool.health(),
  );
  return story.row(ending)!;
}
