import type { Attempt, RunKey } from '../../facts/attempt';
import type { Holding } from '../../facts/holding';
import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { attemptEnd, type EndEvidence } from './attempt-end';
import type { GraphInfo } from './graph-info';
import { type HeldByStep, heldBy } from './held-resources';
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
  /** A run of which nothing was heard for so long is closed at its last sign. */
  readonly silenceMs: number;
};

/** A run's attempts, its outcome, and what was doubtful. */
export type ConcludedRun = RunOutcome & { readonly attempts: readonly Attempt[]; readonly issues: readonly Issue[] };

const CLOCK_TOLERANCE_MS = 60_000;

/** Concludes from a run's records what held what, from when to when; `_parameters` is no attempt. */
export function concludeRun(parsed: ParsedRun, circumstances: Circumstances): ConcludedRun {
  const { graph, now, silenceMs } = circumstances;
  const tasks = parsed.tasks.filter(({ step }) => step !== '_parameters');
  const found = tasks.map((task) => ({ ...attemptsOf(task), source: task.source }));
  const records = found.flatMap(({ attempts }) => attempts);
  const endStep = parsed.endStep ?? graph?.endStep ?? 'end';
  const judge = (closing: Closing): JudgedAttempt[] => records.map((record) => judged(record, graph, closing));
  const byRecords = judge({ runEnded: false, silent: false });
  const runEnded = hasEnded(byRecords, endStep);
  const silent = !runEnded && now - parsed.lastSign >= silenceMs;
  const attempts = runEnded || silent ? judge({ runEnded, silent, lastRecord: parsed.lastSign }) : byRecords;
  const held = heldByStep(tasks, circumstances);
  return {
    ...runOutcome(attempts, { endStep, silent }),
    attempts: attempts.map((one) => attemptOf(one, { circumstances, held, lastSign: parsed.lastSign })),
    issues: [
      ...found.flatMap((task) => startlessIssues(task, circumstances.feed)),
      ...heldIssues(records, held, circumstances),
      ...clockIssues(parsed, circumstances),
    ],
  };
}

type Closing = Pick<EndEvidence, 'runEnded' | 'silent' | 'lastRecord'>;

function judged(record: AttemptRecord, graph: GraphInfo | null, closing: Closing): JudgedAttempt {
  const step = graph?.steps.get(record.step);
  const end = attemptEnd({ ...record, ...closing, retryWaitMs: step?.retryWaitMs ?? 0 });
  return { record, end, lastAttempt: step?.lastAttempt ?? null };
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

function attemptOf({ record, end }: JudgedAttempt, { circumstances, held, lastSign }: AttemptContext): Attempt {
  const { step, task, attempt, start, isClone } = record;
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
      remedy: "Restore the task's sysmeta_attempt file from a backup.",
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

function clockIssues({ lastSign }: ParsedRun, { feed, key, now }: Circumstances): Issue[] {
  if (lastSign <= now + CLOCK_TOLERANCE_MS) return [];
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
