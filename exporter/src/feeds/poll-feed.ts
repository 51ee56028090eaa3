import type { FeedHealth } from '../facts/published';
import { type Instant } from '../units/interval';
import { secondsFromMilliseconds } from '../units/quantity';
import { type Feed, FeedError, type FeedPoll } from './feed';

/** How a poll ended: with facts, with a source that is not there yet, or not at all. */
export type PollOutcome<Poll> =
  | { readonly outcome: 'ok'; readonly poll: Poll }
  | { readonly outcome: 'empty'; readonly poll: Poll; readonly reason: string }
  | { readonly outcome: 'failed'; readonly error: FeedError };

/** A feed that never throws and knows its own health. */
export interface PolledFeed<Request, Poll extends FeedPoll> {
  readonly name: string;
  poll(request: Request): Promise<PollOutcome<Poll>>;
  /** As of the end of the last poll; before the first one the feed is down. */
  health(): FeedHealth;
}

/** Wraps a feed: times it by `now`, catches what it throws, adds up its rows and remembers its last success. */
export function pollFeed<Request, Poll extends FeedPoll>(
  feed: Feed<Request, Poll>,
  now: () => Instant,
): PolledFeed<Request, Poll> {
  let health = neverPolled(feed.name);
  let newest: Instant | null = null;
  return {
    name: feed.name,
    health: () => health,
    async poll(request) {
      const startedAt = now();
      const outcome = await outcomeOf(feed, request);
      const endedAt = now();
      if (outcome.outcome !== 'failed') newest = laterOf(newest, outcome.poll.newest);
      health = {
        ...afterPoll(health, outcome, endedAt),
        lagSeconds: newest === null ? null : secondsFromMilliseconds(endedAt - newest),
        durationSeconds: secondsFromMilliseconds(endedAt - startedAt),
      };
      return outcome;
    },
  };
}

async function outcomeOf<Request, Poll extends FeedPoll>(
  feed: Feed<Request, Poll>,
  request: Request,
): Promise<PollOutcome<Poll>> {
  try {
    const poll = await feed.poll(request);
    return poll.emptyReason === null ? { outcome: 'ok', poll } : { outcome: 'empty', poll, reason: poll.emptyReason };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { outcome: 'failed', error: cause instanceof FeedError ? cause : new FeedError(reason, { cause }) };
  }
}

function afterPoll(before: FeedHealth, outcome: PollOutcome<FeedPoll>, at: Instant): FeedHealth {
  if (outcome.outcome === 'failed') return { ...before, up: false, error: outcome.error.message };
  const { accepted, rejected } = outcome.poll.rows;
  return {
    ...before,
    up: true,
    lastSuccess: at,
    rows: { accepted: before.rows.accepted + accepted, rejected: before.rows.rejected + rejected },
    error: outcome.outcome === 'empty' ? outcome.reason : null,
  };
}

function neverPolled(feed: string): FeedHealth {
  const rows = { accepted: 0, rejected: 0 };
  return { feed, up: false, lastSuccess: null, lagSeconds: null, rows, durationSeconds: 0, error: null };
}

function laterOf(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || (b !== null && b > a) ? b : a;
}
