import type { FeedHealth } from '../../facts/published';
import type { Instant } from '../../units/interval';
import { secondsFromMilliseconds } from '../../units/quantity';
import type { Scrape, ScrapeVerdict } from './pool';
import { reasonOf } from './scrape-problem';
import { firstWait, realMilliseconds, waitAfter } from './scrape-schedule';
import type { Target } from './settings';
import type { Slots, Standing } from './slots';
import { afterFailure, afterVerdict, type Course, healthOf, NEVER_SCRAPED } from './target-health';

/** What all loops of a pool share. */
export type LoopParts = {
  readonly clock: { now(): Instant; readonly speed: number };
  readonly intervalMs: number;
  readonly slots: Slots;
  readonly read: (url: string, signal: AbortSignal) => Promise<Pick<Scrape, 'body' | 'contentType' | 'targetClock'>>;
  readonly onScrape: (scrape: Scrape) => ScrapeVerdict;
};

/** Scrapes one target again and again, one scrape after the other. */
export class TargetLoop {
  private course: Course = NEVER_SCRAPED;
  private readonly stopped = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  /** `target` may be replaced by one of the same address. */
  constructor(
    public target: Target,
    private readonly parts: LoopParts,
  ) {}

  /** Begins; the first scrape comes within a second. */
  start(): void {
    const { clock, intervalMs } = this.parts;
    this.schedule(realMilliseconds(firstWait(this.target.url, intervalMs), clock.speed));
  }

  /** The target's row under the name `feed`. */
  health(feed: string): FeedHealth {
    return healthOf(this.course, feed, this.parts.clock.now());
  }

  /** Breaks off the scrape under way; resolves when it has ended. Nothing is handed over any more. */
  async stop(): Promise<void> {
    this.stopped.abort();
    clearTimeout(this.timer);
    await this.round;
  }

  private schedule(waitMs: number): void {
    if (this.stopped.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.round = this.walk();
    }, waitMs);
  }

  private async walk(): Promise<void> {
    const { clock, intervalMs, slots } = this.parts;
    const dueAt = performance.now();
    const standing = this.standing();
    await slots.take(standing);
    try {
      if (!this.stopped.signal.aborted) await this.scrape();
    } finally {
      slots.give(standing);
    }
    const wait = realMilliseconds(waitAfter(this.course.failures, intervalMs), clock.speed);
    this.schedule(Math.max(0, dueAt + wait - performance.now()));
  }

  private standing(): Standing {
    if (this.course.outcome === null) return 'new';
    return this.course.outcome === 'failed' ? 'failed' : 'proven';
  }

  private async scrape(): Promise<void> {
    const { clock, read, onScrape } = this.parts;
    const startedAt = performance.now();
    const duration = (): number => secondsFromMilliseconds(performance.now() - startedAt);
    try {
      const answer = await read(this.target.url, this.stopped.signal);
      if (this.stopped.signal.aborted) return;
      const at = clock.now();
      const verdict = onScrape({ target: this.target, ...answer, receivedAt: at });
      this.course = afterVerdict(this.course, { verdict, body: answer.body, at, durationSeconds: duration() });
    } catch (error) {
      this.course = afterFailure(this.course, { reason: reasonOf(error), durationSeconds: duration() });
    }
  }
}
