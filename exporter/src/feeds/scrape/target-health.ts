import type { FeedHealth } from '../../facts/published';
import type { Instant } from '../../units/interval';
import { secondsFromMilliseconds } from '../../units/quantity';
import type { ScrapeVerdict } from './pool';

/** The course of a target's scrapes up to now. */
export type Course = {
  /** In a row, up to the last scrape. */
  readonly failures: number;
  readonly outcome: 'ok' | 'empty' | 'failed' | null;
  /** Of the last complete answer. */
  readonly lastSuccess: Instant | null;
  /** Of the last answer that held samples. */
  readonly newest: Instant | null;
  readonly rows: FeedHealth['rows'];
  readonly dropped: ReadonlyMap<string, number>;
  readonly durationSeconds: number;
  readonly error: string | null;
};

/** A target that was never scraped. */
export const NEVER_SCRAPED: Course = {
  failures: 0,
  outcome: null,
  lastSuccess: null,
  newest: null,
  rows: { accepted: 0, rejected: 0 },
  dropped: new Map(),
  durationSeconds: 0,
  error: null,
};

/** After the complete answer `body` that came at `at` and was found to be `verdict`. */
export function afterVerdict(
  before: Course,
  after: {
    readonly verdict: ScrapeVerdict;
    readonly body: string;
    readonly at: Instant;
    readonly durationSeconds: number;
  },
): Course {
  const { verdict, body, at, durationSeconds } = after;
  const isEmpty = verdict.outcome === 'empty';
  const dropped = new Map(before.dropped);
  for (const [reason, count] of Object.entries(verdict.dropped))
    dropped.set(reason, (dropped.get(reason) ?? 0) + count);
  return {
    failures: 0,
    outcome: verdict.outcome,
    lastSuccess: at,
    newest: isEmpty ? before.newest : at,
    rows: {
      accepted: before.rows.accepted + verdict.rows.accepted,
      rejected: before.rows.rejected + verdict.rows.rejected,
    },
    dropped,
    durationSeconds,
    error: isEmpty ? emptiness(body) : null,
  };
}

/** After a scrape that brought nothing. */
export function afterFailure(
  before: Course,
  after: { readonly reason: string; readonly durationSeconds: number },
): Course {
  const { reason, durationSeconds } = after;
  return { ...before, failures: before.failures + 1, outcome: 'failed', error: reason, durationSeconds };
}

/** The row of a target at `now`; the lag counts from the last answer that held samples. */
export function healthOf(course: Course, feed: string, now: Instant): FeedHealth {
  const { outcome, newest, lastSuccess, rows, durationSeconds, error } = course;
  return {
    feed,
    up: outcome === 'ok' || outcome === 'empty',
    lastSuccess,
    // A clock that was set back makes nothing fresher than now.
    lagSeconds: newest === null ? null : secondsFromMilliseconds(Math.max(0, now - newest)),
    rows,
    durationSeconds,
    error,
    ...(outcome !== null && { outcome }),
    dropped: Object.fromEntries(course.dropped),
  };
}

function emptiness(body: string): string {
  if (body.trim() === '') return 'The target answers HTTP 200 with an empty body.';
  return 'The target answers without any sample that this feed reads.';
}
