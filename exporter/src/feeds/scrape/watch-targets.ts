import type { FeedHealth } from '../../facts/published';
import type { Instant } from '../../units/interval';
import { secondsFromMilliseconds } from '../../units/quantity';
import { reasonOf } from './scrape-problem';
import { type Discovery, listedTargets } from './parse-targets';
import { type ChangingSource, readTargets, type Resolver } from './read-targets';
import { realMilliseconds } from './scrape-schedule';
import type { Target, TargetSource } from './settings';

const FILE_EVERY_MS = 5000;
const DNS_EVERY_MS = 30_000;

/** A source, the clock, and who is told of its targets. */
export type WatchParts = {
  readonly source: TargetSource;
  readonly clock: { now(): Instant; readonly speed: number };
  readonly resolver: Resolver;
  /** Called with all targets each time the source has been read. */
  onTargets(targets: readonly Target[]): void;
};

/** Reads a source of targets again and again; while it cannot be read, the last targets stand. */
export class TargetWatch {
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private last: Discovery | null = null;
  private lastSuccess: Instant | null = null;
  private durationSeconds = 0;
  private failure: string | null = null;
  private wasInTrouble = false;

  constructor(private readonly parts: WatchParts) {}

  /** Listed targets are told at once, others when the source has answered. */
  start(): void {
    const { source } = this.parts;
    if (source.kind === 'static') this.learn(listedTargets(source.targets));
    else void this.ask(source);
  }

  /** No targets are told any more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** The row of the discovery itself. Null until it has had trouble: an alert that has fired needs a row to end by. */
  health(feed: string): FeedHealth | null {
    if (!this.wasInTrouble) return null;
    const { last, lastSuccess, durationSeconds, failure } = this;
    const error = failure ?? troubleOf(last!);
    const isEmpty = failure === null && last!.targets.length === 0;
    const now = this.parts.clock.now();
    return {
      feed,
      up: failure === null,
      lastSuccess,
      lagSeconds: lastSuccess === null ? null : secondsFromMilliseconds(Math.max(0, now - lastSuccess)),
      rows: { accepted: 0, rejected: 0 },
      durationSeconds,
      error,
      outcome: failure !== null ? 'failed' : isEmpty ? 'empty' : 'ok',
    };
  }

  private async ask(source: ChangingSource): Promise<void> {
    const startedAt = performance.now();
    const { resolver, clock } = this.parts;
    try {
      const found = await readTargets(source, resolver);
      if (!this.stopped) this.learn(found);
    } catch (error) {
      this.failure = reasonOf(error);
      this.wasInTrouble = true;
    }
    this.durationSeconds = secondsFromMilliseconds(performance.now() - startedAt);
    if (this.stopped) return;
    const every = source.kind === 'file' ? FILE_EVERY_MS : DNS_EVERY_MS;
    this.timer = setTimeout(() => void this.ask(source), realMilliseconds(every, clock.speed));
  }

  private learn(found: Discovery): void {
    this.last = found;
    this.lastSuccess = this.parts.clock.now();
    this.failure = null;
    this.wasInTrouble ||= troubleOf(found) !== null;
    this.parts.onTargets(found.targets);
  }
}

function troubleOf({ targets, problems }: Discovery): string | null {
  const [first] = problems;
  if (first !== undefined) return `${problems.length} of the addresses cannot be scraped. The first: ${first}`;
  return targets.length === 0 ? 'The source of targets lists none.' : null;
}
