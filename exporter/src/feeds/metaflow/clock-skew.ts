import type { RunKey } from '../../facts/attempt';
import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { issueOf } from './issue';
import type { AttemptRecord, TaskAttempts } from './parse-attempts';

/** A record that its task says began before the run did; `said` is what it says, UTC ms. */
export type SkewedStart = { readonly source: string; readonly attempt: number; readonly said: Instant };

const AHEAD_TOLERANCE_MS = 60_000;
const BEHIND_TOLERANCE_MS = 300_000;

/** Moves starts that lie more than 5 minutes before the run's own to the run's start, and names them. */
export function withCredibleStarts<Task extends TaskAttempts & { readonly source: string }>(
  task: Task,
  startedAt: Instant,
): Task & { readonly skewed: readonly SkewedStart[] } {
  const isSkewed = (at: Instant): boolean => at < startedAt - BEHIND_TOLERANCE_MS;
  const moved = (at: Instant): Instant => (isSkewed(at) ? startedAt : at);
  const attempts = task.attempts.map((record): AttemptRecord => {
    const { start, nextStart } = record;
    return { ...record, start: moved(start), nextStart: nextStart === undefined ? undefined : moved(nextStart) };
  });
  const skewed = task.attempts
    .filter(({ start }) => isSkewed(start))
    .map(({ attempt, start }) => ({ source: task.source, attempt, said: start }));
  return { ...task, attempts, skewed };
}

/** One issue for every start that was moved. */
export function skewIssues(
  { skewed, startedAt }: { readonly skewed: readonly SkewedStart[]; readonly startedAt: Instant },
  feed: string,
): Issue[] {
  return skewed.map(({ source, attempt, said }) => {
    const [from, to] = [said, startedAt].map((at) => new Date(at).toISOString());
    return issueOf(feed, {
      code: 'clock_skew',
      file: source,
      field: 'attempt',
      value: String(attempt),
      reason: `Attempt ${attempt} says that it began at ${from}, long before its run; it counts from ${to}.`,
      remedy:
        "Set the clock of the task's machine by NTP, or restore its attempt row (locally its sysmeta_attempt file).",
    });
  });
}

/** The issue of a run with records from after `now`, by more than a minute. */
export function aheadIssues(
  { lastSign }: { readonly lastSign: Instant },
  { feed, key, now }: { readonly feed: string; readonly key: RunKey; readonly now: Instant },
): Issue[] {
  if (lastSign <= now + AHEAD_TOLERANCE_MS) return [];
  const at = new Date(lastSign).toISOString();
  return [
    issueOf(feed, {
      code: 'clock_skew',
      file: `${key.flow}/${key.run}`,
      field: 'ts_epoch',
      value: at,
      reason: `The run has records of ${at}, which has not come yet.`,
      remedy: "Set the clocks of the run's machine and of the exporter by NTP.",
    }),
  ];
}
