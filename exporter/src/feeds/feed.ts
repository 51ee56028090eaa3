import type { Issue } from '../facts/issue';
import type { FeedHealth } from '../facts/published';
import type { Instant } from '../units/interval';

/** How many rows of a source became facts and how many were refused. */
export type RowCounts = { readonly accepted: number; readonly rejected: number };

/** What every poll of every feed says about itself, beside its facts. */
export type FeedPoll = {
  readonly rows: RowCounts;
  /** The newest fact this poll saw, UTC ms; null when it saw none. */
  readonly newest: Instant | null;
  readonly issues: readonly Issue[];
  /** Why the source holds nothing at all (it does not exist yet); null when it is there. */
  readonly emptyReason: string | null;
};

/** A source of facts that is asked again and again; `poll` throws {@link FeedError} when it cannot be read. */
export interface Feed<Request, Poll extends FeedPoll> {
  readonly name: string;
  poll(request: Request): Promise<Poll>;
}

/** A source that could not be read at all; `cause` is what the system said. */
export class FeedError extends Error {
  override readonly name = 'FeedError';
}

/**
 * A source that reads its targets on its own, each with a deadline and apart from the others, so that nobody waits:
 * `take` hands over what has arrived since the last time, at once.
 */
export interface BackgroundFeed<Batch> {
  readonly name: string;
  /** Begins to read; returns at once. */
  start(): void;
  take(): Batch;
  /** One row a target, named `feed/target`. */
  health(): FeedHealth[];
  stop(): Promise<void>;
}
