import type { RunKey, ToldAttempt } from '../../facts/attempt';
import type { Holding } from '../../facts/holding';
import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { attemptEnd, type EndEvidence } from './attempt-end';
import type { GraphInfo } from './graph-info';
import { type HeldByStep, heldBy } from './held-resources';
import { aheadIssues, skewIssues, withCredibleStarts } from './clock-skew';
import { issueOf } from './issue';
import { type AttemptRecord, attemptsOf } from './parse-attempts';
import type { ParsedRun } from './parse-run';
import { hasEnded, type JudgedAttempt, type RunOutcome, runOutcome } from './run-outcome';

/** What a feed knows beside a run's records. */
export type Circumstances = {
  readonly feed: string;
  readonly key: RunKey;
  readonly graph: GraphInfo | null;
  /** Why there is no graph; reported when an attempt would have needed it. */
  readonly graphIssue: Issue | null;
  readonly holdings: readonly Holding[];
  /** Where the feed's attempts run; null when nobody said. */
  readonly host: string | null;
  readonly now: Instant;
  /** A run, or a task with heartbeats, of which nothing was heard for so long is closed at its last sign. */
  readonly silenceMs: number;
};

/** A run's attempts, its outcome, and what was doubtful. */
export type ConcludedRun = RunOutcome & {
  readonly attempts: readonly ToldAttempt[];
  readonly issues: readonly Issue[];
};

/** The local runtime starts a retry at once; one that has not begun so long after a failure never will. */
const RETRY_OVERDUE_MS = 60_000;

/** Concludes from a run's records what held what, from when to when; `_parameters` is no attempt. */
export function concludeRun(parsed: ParsedRun, circumstances: Circumstances): ConcludedRun {
  const { graph, now, silenceMs } = circumstances;
  const tasks = parsed.tasks.filter(({ step }) => step !== '_parameters');
  const found = tasks.map((task) => withCredibleStarts({ ...attemptsOf(task), source: task.source }, parsed.startedAt));
  const records = found.flatMap(({ attempts }) => attempts);
  const endStep = parsed.endStep ?? graph?.endStep ?? 'end';
  const judge = (closing: Closing): JudgedAttempt[] => records.map((record) => judged(record, circumstances, closing));
  const byRecords = judge({ runEnded: false, silent: false });
  const runEnded = hasEnded(byRecords, endStep);
  const silent = !runEnded && now - parsed.lastSign >= silenceMs;
  const last = { runHeartbeat: parsed.heartbeat ?? undefined, lastRecord: parsed.lastSign };
  const attempts = runEnded || silent ? judge({ runEnded, silent, ...last }) : byRecords;
  const held = heldByStep(tasks, circumstances);
  return {
    ...runOutcome(attempts, { endStep, silent }),
    attempts: attempts.map((one) => attemptOf(one, { circumstances, held, lastSign: parsed.lastSign })),
    issues: [
      ...found.flatMap((task) => startlessIssues(task, circumstances.feed)),
      ...heldIssues(records, held, circumstances),
      ...found.flatMap(({ skewed }) => skewIssues({ skewed, startedAt: parsed.startedAt }, circumstances.feed)),
      ...aheadIssues(parsed, circumstances),
    ],
  };
}

type Closing = Pick<EndEvidence, 'runEnded' | 'silent' | 'runHeartbeat' | 'lastRecord'>;

function judged(record: AttemptRecord, { graph, now, silenceMs }: Circumstances, closing: Closing): JudgedAttempt {
  const step = graph?.steps.get(record.step);
  const silent = closing.silent || hasFallenSilent(record, { now, silenceMs });
  const end = attemptEnd({ ...record, ...closing, silent, retryWaitMs: step?.retryWaitMs ?? 0 });
  const isOverdue = step?.isRemote === false && end.end !== null && now - end.end >= RETRY_OVERDUE_MS;
  return { record, end, lastAttempt: step?.lastAttempt ?? null, isRetryOverdue: isOverdue };
}

/** A task that gave heartbeats during the attempt and gives none any more, while its run may well live on. */
function hasFallenSilent(
  { start, taskHeartbeat, taskLastSign }: AttemptRecord,
  { now, silenceMs }: Pick<Circumstances, 'now' | 'silenceMs'>,
): boolean {
  const isBeating = taskHeartbeat !== undefined && taskHeartbeat >= start;
  return isBeating && now - Math.max(taskHeartbeat, taskLastSign ?? taskHeartbeat) >= silenceMs;
}

function heldByStep(
  tasks: readonly { readonly step: string }[],
  { key, holdings, graph }: Circumstances,
): ReadonlyMap<string, HeldByStep> {
  const steps = [...new Set(tasks.map(({ step }) => step))];
  return new Map(steps.map((step) => [step, heldBy({ flow: key.flow, step }, holdings, graph)]));
}

type AttemptContext = {
  readonly circumstances: Circumstances;
  readonly held: ReadonlyMap<string, HeldByStep>;
  readonly lastSign: Instant;
};

function attemptOf({ record, end }: JudgedAttempt, { circumstances, held, lastSign }: AttemptContext): ToldAttempt {
  const { step, task, attempt, start, isClone, clues } = record;
  const holds = held.get(step)!;
  const host = holds.host ?? circumstances.host;
  return {
    key: { ...circumstances.key, step, task, attempt },
    start,
    ...end,
    isClone,
    hosts: host === null ? [] : [host],
    held: holds.held,
    confidence: holds.confidence,
    lastSign: end.end ?? lastSign,
    ...(clues ? { clues } : {}),
  };
}

function startlessIssues(
  { withoutStart, source }: { withoutStart: readonly number[]; source: string },
  feed: string,
): Issue[] {
  return withoutStart.map((attempt) =>
    issueOf(feed, {
      code: 'missing_field',
      file: source,
      field: 'attempt',
      value: String(attempt),
      reason: `Attempt ${attempt} has an end but no readable start, so it is not charged.`,
      remedy: "Restore the task's attempt row (locally its sysmeta_attempt file) from a backup.",
    }),
  );
}

function heldIssues(
  records: readonly AttemptRecord[],
  held: ReadonlyMap<string, HeldByStep>,
  { feed, key, graphIssue }: Circumstances,
): Issue[] {
  const charged = records.filter(({ isClone }) => !isClone);
  return [...held].flatMap(([step, { problem }]) => {
    const count = charged.filter((record) => record.step === step).length;
    if (problem === null || count === 0) return [];
    if (problem === 'no_graph' && graphIssue) return [{ ...graphIssue, field: `${graphIssue.field} (${step})`, count }];
    const isFault = typeof problem === 'object';
    return [
      issueOf(feed, {
        code: isFault ? 'bad_value' : 'no_resources',
        file: `${key.flow}/${key.run}`,
        field: isFault ? problem.field : `steps.${step}`,
        value: isFault ? problem.value : null,
        reason: isFault ? `The request ${problem.fault}.` : `_graph_info does not know the step ${step}.`,
        remedy: `Declare what the step holds under holdings, e.g. {flow: ${key.flow}, step: ${step}, gpus: 1}.`,
        count,
      }),
    ];
  });
}
