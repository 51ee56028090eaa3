import { HOUR_MS, hourStart, type Instant, type Interval, monthOf } from '../../units/interval';
import { instantOf } from '../wire';
import { ProblemError } from './problem';

/**
 * The window of an answer on UTC hour borders, because a charge period lies within an hour;
 * by default the UTC month to date. @throws ProblemError when it ends before it starts.
 */
export function windowOf(
  { from, to }: { from?: Instant | undefined; to?: Instant | undefined },
  now: Instant,
): Interval {
  const end = hourEnd(to ?? now);
  const start = hourStart(from ?? monthOf(end - 1).start);
  if (start < end) return { start, end };
  throw new ProblemError('bad-parameter', {
    detail: `The window ends at ${instantOf(end)}, before it starts at ${instantOf(start)}.`,
    parameter: 'from',
    remedy: 'Give a from that lies before to.',
  });
}

/** The same, by default the 24 hours before its end. */
export function dayOf({ from, to }: { from?: Instant | undefined; to?: Instant | undefined }, now: Instant): Interval {
  return windowOf({ from: from ?? (to ?? now) - 24 * HOUR_MS, to }, now);
}

/** A window as sent. */
export function windowSent({ start, end }: Interval): { from: string; to: string } {
  return { from: instantOf(start), to: instantOf(end) };
}

const hourEnd = (instant: Instant): Instant => hourStart(instant + HOUR_MS - 1);
