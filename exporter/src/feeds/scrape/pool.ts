import type { FeedHealth } from '../../facts/published';
import type { Instant } from '../../units/interval';
import type { RowCounts } from '../feed';
import type { Target } from './settings';

/** One complete answer of a target: the whole body, or there is no scrape. */
export type Scrape = {
  readonly target: Target;
  readonly body: string;
  readonly contentType: string | null;
  /** When the body was complete, by our clock: exporters send no times. */
  readonly receivedAt: Instant;
  /** The target's own clock by its Date header, whole seconds; null without one. */
  readonly targetClock: Instant | null;
};

/** What a feed made of a scrape. */
export type ScrapeVerdict = {
  readonly outcome: 'ok' | 'empty';
  readonly rows: RowCounts;
  /** Samples left out by reason: sentinel, nan, parse, duplicate, out_of_range, unknown_unit, future, … */
  readonly dropped: { readonly [reason: string]: number };
};

/**
 * Scrapes all targets of a feed, each on its own: its own deadline, never two scrapes of one target at once, no target
 * waits for another. `onScrape` parses a whole body at once and throws FeedError for one that is to count as failed.
 */
export interface ScrapePool {
  start(): void;
  /** One row a target, named `feed/host:port`. */
  health(): FeedHealth[];
  stop(): Promise<void>;
}
