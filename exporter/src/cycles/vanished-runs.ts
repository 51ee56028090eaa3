import { type Attempt, runKeyText } from '../facts/attempt';
import type { Run } from '../facts/run';
import { isWorkload } from '../facts/workload';
import type { LoadId, Store } from '../store/store';
import type { Instant } from '../units/interval';

/** What the feeds have shown, and the store that may know more. */
export type VanishedInput = {
  readonly store: Store;
  readonly at: Instant;
  /** Runs that a feed has shown since this process started. */
  readonly seen: ReadonlySet<string>;
  /** Deployments whose feed has no tree at all now: nothing is concluded from what it does not show. */
  readonly absent: ReadonlySet<string>;
  /** When the last process stored something. */
  readonly leftOffAt: Instant | null;
  /** Clusters that are read: they say themselves which of their workloads are gone. */
  readonly clusters: ReadonlySet<string>;
};

/**
 * Runs that the store holds open but no feed shows any more: folder or feed were removed while nobody looked.
 * Their open attempts are closed at their last sign of life, lest they hold their host for ever.
 */
export async function vanishedRuns(input: VanishedInput, asOf: LoadId): Promise<{ runs: Run[]; attempts: Attempt[] }> {
  const { store, at, seen, absent, leftOffAt } = input;
  const recent = await store.recentRuns(at, asOf);
  const gone = recent.filter(
    ({ key, outcome }) =>
      outcome === 'running' &&
      !seen.has(runKeyText(key)) &&
      !absent.has(key.deployment) &&
      !(isWorkload(key) && input.clusters.has(key.deployment)),
  );
  if (gone.length === 0) return { runs: [], attempts: [] };
  const stored = await store.attemptsOfRuns(
    gone.map(({ key }) => key),
    asOf,
  );
  const attempts = stored.map((attempt) => closedAtLastSign(attempt, leftOffAt));
  return { runs: gone.map((run) => lostRun(run, attempts)), attempts };
}

/**
 * The attempt, closed and lost at its last sign of life; one that has ended is left as it is. Its pod was seen until
 * the last process left off, though each sight of it was not stored.
 */
export function closedAtLastSign(attempt: Attempt, leftOffAt: Instant | null): Attempt {
  if (attempt.end !== null) return attempt;
  const seenUntil = attempt.pod ? (leftOffAt ?? attempt.lastSign) : attempt.lastSign;
  const end = Math.max(attempt.start, attempt.lastSign, seenUntil);
  return { ...attempt, end, endSource: 'last_record', outcome: 'lost' };
}

function lostRun(run: Run, attempts: readonly Attempt[]): Run {
  const ends = attempts
    .filter(({ key }) => runKeyText(key) === runKeyText(run.key))
    .map(({ end, start }) => end ?? start);
  return { ...run, outcome: 'lost', endedAt: ends.reduce((last, end) => Math.max(last, end), run.startedAt) };
}
