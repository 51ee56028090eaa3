import type { Instant } from '../../units/interval';
import type { Scrape, ScrapePool, ScrapeVerdict } from './pool';
import { credentialReader } from './read-credentials';
import { readTarget } from './read-target';
import { type Resolver, systemResolver } from './read-targets';
import { realDeadline } from './scrape-schedule';
import type { ScrapeSettings, Target } from './settings';
import { Slots } from './slots';
import { nameTargets } from './target-address';
import { type LoopParts, TargetLoop } from './target-loop';
import { TargetWatch } from './watch-targets';

/** What a pool is made of; all timers run `clock.speed` times as fast, and at real speed beside a still clock. */
export type ScrapePoolOptions = {
  readonly feed: string;
  readonly settings: ScrapeSettings;
  readonly clock: { now(): Instant; readonly speed: number };
  /** Called once for each whole answer; throws FeedError for one that is to count as failed. */
  readonly onScrape: (scrape: Scrape) => ScrapeVerdict;
  /** The system's unless given. */
  readonly resolver?: Resolver;
};

/**
 * Scrapes the targets of a feed over HTTP(S). A discovery that has had trouble has one more row, `feed/discovery`.
 * Nothing is thrown: what fails is told in the rows.
 */
export function createScrapePool(options: ScrapePoolOptions): ScrapePool {
  const { feed, clock, settings, resolver = systemResolver } = options;
  const parts = loopParts(options);
  const loops = new Map<string, TargetLoop>();
  let names: ReadonlyMap<string, string> = new Map();
  const onTargets = (targets: readonly Target[]): void => {
    replaceTargets({ loops, targets, parts });
    names = nameTargets(feed, [...loops.keys()]);
  };
  const watch = new TargetWatch({ source: settings.source, clock, resolver, onTargets });
  return {
    start: () => watch.start(),
    health() {
      const discovery = watch.health(`${feed}/discovery`);
      const targets = [...loops].map(([url, loop]) => loop.health(names.get(url)!));
      return discovery === null ? targets : [discovery, ...targets];
    },
    async stop() {
      watch.stop();
      await Promise.all([...loops.values()].map((loop) => loop.stop()));
    },
  };
}

function loopParts({ settings, clock, onScrape }: ScrapePoolOptions): LoopParts {
  const { intervalMs, timeoutMs, bodyLimitBytes } = settings;
  const readCredentials = credentialReader(settings);
  const deadlineMs = realDeadline(timeoutMs, clock.speed);
  const read: LoopParts['read'] = async (url, signal) =>
    readTarget({ url, credentials: await readCredentials(), deadlineMs, bodyLimitBytes, signal });
  return { clock, intervalMs, slots: new Slots(), read, onScrape };
}

/** Starts a loop for each target that is new and ends those of targets that are gone. */
function replaceTargets(change: {
  readonly loops: Map<string, TargetLoop>;
  readonly targets: readonly Target[];
  readonly parts: LoopParts;
}): void {
  const { loops, targets, parts } = change;
  const wanted = new Set(targets.map(({ url }) => url));
  for (const [url, loop] of loops) {
    if (wanted.has(url)) continue;
    void loop.stop();
    loops.delete(url);
  }
  for (const target of targets) {
    const known = loops.get(target.url);
    if (known) {
      known.target = target;
      continue;
    }
    const loop = new TargetLoop(target, parts);
    loops.set(target.url, loop);
    loop.start();
  }
}
