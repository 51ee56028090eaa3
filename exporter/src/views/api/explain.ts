import type { Receipt, ReceiptAttempt, ReceiptCharge } from '../../contract/receipt';
import type { AllocatedCharge } from '../../facts/charge';
import { gpuSecondsFromNanoGpuMilliseconds } from '../../units/quantity';
import { instantOf, moneyOf, secondsOf } from '../wire';
import { type ChargedAttempt, chargedAttempts, costTogether, hostNames } from './charged-attempts';
import { type Division, divisionsOf, periodKey, piecesOfRun } from './charged-pieces';
import { findRun } from './find-run';
import { freshness, type Handler } from './handler';
import { heldEvidence, podOf } from './held-evidence';
import { ProblemError } from './problem';
import { attemptSentence, chargeSentence, type RestOfPeriod } from './receipt-sentence';

const MAX_CHARGES = 20_000;

/**
 * The receipt of a run, step, task or attempt: the amounts of its charges sum to its cost. A viewer bound to teams sees
 * what a share is a share of (the origin amount and the weights), and not who else held or wasted the rest.
 */
export const explain: Handler<'explain'> = async ({ query }, source): Promise<Receipt> => {
  const { state, store, viewer } = source;
  const [flow = '', runId = '', step, task] = query.pathspec.split('/');
  if (query.attempt !== undefined && task === undefined) throw attemptWithoutTask(query.attempt);
  const run = await findRun({ flow, run: runId, deployment: query.deployment }, source);
  const [attempts, pieces] = await Promise.all([
    store.attemptsOfRuns([run.key], state.asOf),
    piecesOfRun(run.key, source),
  ]);
  const asked = attempts.filter(({ key }) => {
    const isInside = (step ?? key.step) === key.step && (task ?? key.task) === key.task;
    return isInside && (query.attempt ?? key.attempt) === key.attempt;
  });
  if (step !== undefined && asked.length === 0) throw noSuchAttempt(query);
  const divisions = await divisionsOf(pieces, source);
  const charged = chargedAttempts(asked, { pieces, divisions, hosts: hostNames(state) });
  refuseTooMany(charged);
  const setting: Setting = { divisions, currency: state.currency, seesRest: viewer.teams === null };
  return {
    pathspec: query.pathspec,
    deployment: run.key.deployment,
    flow,
    runId,
    cost: moneyOf(costTogether(charged)),
    costComplete: charged.every(isComplete) && (asked.length > 0 || run.gaps.unchargedAttempts === 0),
    asOfLoad: state.asOf,
    items: charged.map((each) => receiptOf(each, setting)),
    ...freshness(state),
  };
};

type Setting = {
  readonly divisions: ReadonlyMap<string, Division>;
  readonly currency: string;
  readonly seesRest: boolean;
};

function isComplete({ attempt, tally, isUncharged }: ChargedAttempt): boolean {
  return !isUncharged && tally.unpricedMs === 0 && attempt.outcome !== 'lost';
}

function receiptOf(charged: ChargedAttempt, setting: Setting): ReceiptAttempt {
  const { attempt, pieces } = charged;
  const cost = costTogether([charged]);
  return {
    step: attempt.key.step,
    task: attempt.key.task,
    attempt: attempt.key.attempt,
    outcome: attempt.outcome,
    isClone: attempt.isClone,
    confidence: attempt.confidence,
    endSource: attempt.endSource,
    heldSource: attempt.held?.source ?? null,
    ...podOf(attempt),
    cost: moneyOf(cost),
    sentence: attemptSentence(charged, { cost, currency: setting.currency }),
    evidence: heldEvidence(attempt),
    charges: pieces.map((piece) => chargeOf(piece, setting)),
  };
}

function chargeOf(piece: AllocatedCharge, { divisions, currency, seesRest }: Setting): ReceiptCharge {
  const division = divisions.get(periodKey(piece))!;
  const { origin } = division;
  const rest = seesRest ? restOf(piece, division) : null;
  return {
    host: origin.host,
    from: instantOf(origin.period.start),
    to: instantOf(origin.period.end),
    closed: division.closed,
    originAmount: moneyOf(origin.amount),
    pricePerHour: moneyOf(origin.perHour),
    rung: origin.rung,
    rateCard: origin.rateCard,
    explanation: origin.explanation,
    splitPolicy: origin.splitPolicy,
    weight: piece.weight.toString(),
    capacityWeight: origin.capacityWeight.toString(),
    otherWorkload: moneyOf(rest?.otherWorkload ?? null),
    idle: moneyOf(rest?.idle ?? null),
    unattributed: moneyOf(rest?.unattributed ?? null),
    heldFrom: instantOf(piece.held.start),
    heldTo: instantOf(piece.held.end),
    heldSeconds: piece.heldMs / 1000,
    heldGpuSeconds: secondsOf(gpuSecondsFromNanoGpuMilliseconds(piece.gpuTime)),
    amount: moneyOf(piece.amount),
    sentence: chargeSentence(piece, { origin, rest, currency }),
  };
}

function restOf({ amount }: AllocatedCharge, { workload, idle, unattributed }: Division): RestOfPeriod {
  return { otherWorkload: workload === null || amount === null ? null : workload - amount, idle, unattributed };
}

function refuseTooMany(charged: readonly ChargedAttempt[]): void {
  const count = charged.reduce((sum, { pieces }) => sum + pieces.length, 0);
  if (count <= MAX_CHARGES) return;
  throw new ProblemError('too-large', {
    detail: `The receipt has ${count} charges; at most ${MAX_CHARGES} are sent.`,
    parameter: 'pathspec',
    remedy: 'Ask for one step or task of the run: Flow/run/step or Flow/run/step/task.',
  });
}

function attemptWithoutTask(attempt: number): ProblemError {
  return new ProblemError('bad-parameter', {
    detail: 'An attempt belongs to a task, and pathspec names none.',
    parameter: 'attempt',
    value: String(attempt),
    remedy: 'Give pathspec as Flow/run/step/task, or leave attempt out.',
  });
}

function noSuchAttempt({ pathspec, attempt }: { pathspec: string; attempt?: number | undefined }): ProblemError {
  const which = attempt === undefined ? '' : ` with an attempt ${attempt}`;
  return new ProblemError('not-found', {
    detail: `The run is known, but it has no ${pathspec}${which}.`,
    remedy: 'See the steps and tasks of the run with /api/v1/runs/{flow}/{run}.',
  });
}
