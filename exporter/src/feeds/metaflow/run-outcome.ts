import type { Outcome } from '../../facts/attempt';
import type { Instant } from '../../units/interval';
import type { AttemptEnd } from './attempt-end';
import type { AttemptRecord } from './parse-attempts';

/** An attempt with what is known of its end, and the highest attempt number its task can reach (null: unknown). */
export type JudgedAttempt = {
  readonly record: AttemptRecord;
  readonly end: AttemptEnd;
  readonly lastAttempt: number | null;
  /** A retry would have begun by now: its step runs locally, and the attempt ended long enough ago. */
  readonly isRetryOverdue: boolean;
};

/** How a run ended; `endedAt` is the end of its last attempt, null while it runs. */
export type RunOutcome = { readonly outcome: Outcome; readonly endedAt: Instant | null };

/** Metaflow's exit code for "do not retry this". */
const DISALLOW_RETRY = 202;

/**
 * True when a run's own records say that it is over: its end step succeeded, or a task failed for good and nothing is
 * open but gang workers whose control task has ended, which nobody records.
 */
export function hasEnded(attempts: readonly JudgedAttempt[], endStep: string): boolean {
  if (hasSucceeded(attempts, endStep)) return true;
  return attempts.some(isFinalFailure) && !attempts.some((one) => isOpen(one) && !isOrphanOfGang(one, attempts));
}

/** A run's outcome; `silent` says that nothing was heard of it for too long. */
export function runOutcome(
  attempts: readonly JudgedAttempt[],
  { endStep, silent }: { readonly endStep: string; readonly silent: boolean },
): RunOutcome {
  if (attempts.some(isOpen)) return { outcome: 'running', endedAt: null };
  const endedAt = attempts.reduce<Instant | null>((last, { end }) => Math.max(end.end ?? 0, last ?? 0), null);
  if (hasSucceeded(attempts, endStep)) return { outcome: 'succeeded', endedAt };
  const failures = attempts.filter(isFinalFailure);
  if (failures.length > 0) return { outcome: failureOf(failures), endedAt };
  if (!silent) return { outcome: 'running', endedAt: null };
  const unretried = attempts.filter((one) => one.lastAttempt === null && isNewestFailure(one));
  return { outcome: unretried.length > 0 ? failureOf(unretried) : 'lost', endedAt };
}

const isOpen = ({ end }: JudgedAttempt): boolean => end.end === null;

function hasSucceeded(attempts: readonly JudgedAttempt[], endStep: string): boolean {
  return attempts.some(({ record, end }) => record.step === endStep && end.outcome === 'succeeded');
}

function isFinalFailure(one: JudgedAttempt): boolean {
  const { runtimeFile, attempt } = one.record;
  const isStopped = runtimeFile?.killedByMetaflow === true || runtimeFile?.returnCode === DISALLOW_RETRY;
  const isLast = one.lastAttempt !== null && attempt >= one.lastAttempt;
  return isNewestFailure(one) && (isStopped || one.isRetryOverdue || isLast);
}

function isNewestFailure({ record, end }: JudgedAttempt): boolean {
  return record.nextStart === undefined && (end.outcome === 'failed' || end.outcome === 'killed');
}

function failureOf(failures: readonly JudgedAttempt[]): Outcome {
  return failures.some(({ end }) => end.outcome === 'failed') ? 'failed' : 'killed';
}

/** The local runtime names a gang's workers `<control task>_node_<index>` and records no end of their processes. */
function isOrphanOfGang({ record }: JudgedAttempt, attempts: readonly JudgedAttempt[]): boolean {
  const control = /^(.+)_node_\d+$/.exec(record.task)?.[1];
  if (control === undefined) return false;
  return attempts.some(
    (other) =>
      other.record.step === record.step &&
      other.record.task === control &&
      other.record.attempt === record.attempt &&
      !isOpen(other),
  );
}
