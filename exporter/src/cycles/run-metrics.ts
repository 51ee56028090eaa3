import { type RunKey, runKeyText } from '../facts/attempt';
import type { Budget } from '../facts/budget';
import type { ChargePeriod, GpuUsage } from '../facts/charge';
import type { CostByBasis, RunMetrics, SpendNow, WorkloadMetrics } from '../facts/published';
import type { Run } from '../facts/run';
import { isWorkload, workloadName } from '../facts/workload';
import { budgetOf } from '../ledger/budgets';
import type { ClosedCost } from '../store/store';
import type { Instant } from '../units/interval';
import { gpuSecondsFromNanoGpuMilliseconds, secondsFromMilliseconds } from '../units/quantity';
import type { Outlook } from './outlook';
import { workloadPieces } from './workload-pieces';

/** What a run has in the open hours. */
export type OpenCost = {
  amount: bigint;
  pricedMs: number;
  unpricedMs: number;
  heldGpuSeconds: number;
  usedGpuSeconds: number;
  workloadIdleGpuSeconds: number;
  energyJoules: number | null;
};

/** Runs and what is known of each, by run. */
export type RunMetricsInput = {
  readonly runs: readonly Run[];
  readonly closed: ReadonlyMap<string, ClosedCost>;
  readonly open: ReadonlyMap<string, OpenCost>;
  readonly spend: readonly SpendNow[];
  readonly expected: ReadonlyMap<string, Outlook>;
  /** Mean activity of the GPUs that a run holds now, by run. */
  readonly utilization: ReadonlyMap<string, number>;
  /** The namespaces of the pods of runs, by run. */
  readonly namespaces: ReadonlyMap<string, string>;
  readonly budgets: readonly Budget[];
  readonly at: Instant;
};

/** Sums the open pieces by run. */
export function openCosts(periods: readonly ChargePeriod[]): Map<string, OpenCost> {
  const costs = new Map<string, OpenCost>();
  for (const piece of workloadPieces(periods)) {
    const text = runKeyText(piece.holder);
    const cost = costs.get(text) ?? { ...NO_COST };
    cost.amount += piece.amount ?? 0n;
    if (piece.amount === null) cost.unpricedMs += piece.heldMs;
    else cost.pricedMs += piece.heldMs;
    cost.heldGpuSeconds += gpuSecondsFromNanoGpuMilliseconds(piece.gpuTime);
    addUsage(cost, piece.usage);
    costs.set(text, cost);
  }
  return costs;
}

const NO_COST: OpenCost = {
  amount: 0n,
  pricedMs: 0,
  unpricedMs: 0,
  heldGpuSeconds: 0,
  usedGpuSeconds: 0,
  workloadIdleGpuSeconds: 0,
  energyJoules: null,
};

function addUsage(cost: OpenCost, usage: GpuUsage | undefined): void {
  if (!usage) return;
  cost.usedGpuSeconds += gpuSecondsFromNanoGpuMilliseconds(usage.used);
  cost.workloadIdleGpuSeconds += gpuSecondsFromNanoGpuMilliseconds(usage.workloadIdle);
  if (usage.energyMillijoules !== null) {
    cost.energyJoules = (cost.energyJoules ?? 0) + usage.energyMillijoules / 1000;
  }
}

/** One row a run for `/metrics`: closed and open cost added, its rate now and what is expected of it. */
export function runMetrics(input: RunMetricsInput): RunMetrics[] {
  const rates = ratesByRun(input.spend);
  return input.runs
    .filter(({ key }) => !isWorkload(key))
    .map((run) => {
      const text = runKeyText(run.key);
      const { cost, usage } = costOf(run, input);
      const { key, outcome, endedAt, labels, user, runtime, variant } = run;
      const live = outcome === 'running';
      return {
        key,
        outcome,
        live,
        endedAt,
        cost,
        perHour: rates.get(text) ?? null,
        ...(live ? outlookOf(run, input) : NO_OUTLOOK),
        ...usage,
        utilization: input.utilization.get(text) ?? null,
        k8sNamespace: input.namespaces.get(text) ?? null,
        labels,
        user,
        runtime,
        variant,
      };
    });
}

/** One row a workload that holds something now or did lately. */
export function workloadMetrics(input: RunMetricsInput): WorkloadMetrics[] {
  const rates = ratesByRun(input.spend);
  return input.runs
    .filter(({ key }) => isWorkload(key))
    .map((run) => {
      const text = runKeyText(run.key);
      const { cost, usage } = costOf(run, input);
      return {
        cluster: run.key.deployment,
        ...workloadName(run.key),
        team: run.labels.team,
        modelVersion: run.labels.model_version,
        live: run.outcome === 'running',
        cost,
        perHour: rates.get(text) ?? null,
        heldGpuSeconds: usage.heldGpuSeconds,
        usedGpuSeconds: usage.usedGpuSeconds,
        workloadIdleGpuSeconds: usage.workloadIdleGpuSeconds,
        utilization: input.utilization.get(text) ?? null,
      };
    });
}

type Held = Pick<
  RunMetrics,
  'heldGpuSeconds' | 'usedGpuSeconds' | 'workloadIdleGpuSeconds' | 'energyJoules' | 'unpricedSeconds'
>;

function costOf(run: Run, { closed, open }: RunMetricsInput): { cost: CostByBasis | null; usage: Held } {
  const text = runKeyText(run.key);
  const { estimated, billed, pricedMs, unpricedMs, ...usage } = addUp(closed.get(text), open.get(text));
  const cost = isWhollyUnpriced(run, { pricedMs, unpricedMs }) ? null : { estimated, billed };
  return { cost, usage: { ...usage, unpricedSeconds: unpricedMs / 1000 } };
}

type OutlookNow = Pick<
  RunMetrics,
  | 'expectedPerHour'
  | 'expectationBasis'
  | 'expectedTotal'
  | 'expectedSeconds'
  | 'projected'
  | 'budget'
  | 'elapsedSeconds'
>;

const NO_OUTLOOK: OutlookNow = {
  expectedPerHour: null,
  expectationBasis: null,
  expectedTotal: null,
  expectedSeconds: null,
  projected: null,
  budget: null,
  elapsedSeconds: null,
};

function outlookOf(run: Run, { expected, budgets, at }: RunMetricsInput): OutlookNow {
  const outlook = expected.get(runKeyText(run.key));
  return {
    expectedPerHour: outlook?.rate?.perHour ?? null,
    expectationBasis: outlook?.rate?.basis ?? null,
    expectedTotal: outlook?.total ?? null,
    expectedSeconds: outlook?.seconds ?? null,
    projected: outlook?.projected ?? null,
    budget: budgetOf({ flow: run.key.flow, labels: run.labels }, budgets),
    elapsedSeconds: secondsFromMilliseconds(Math.max(0, at - run.startedAt)),
  };
}

type Sums = Omit<ClosedCost, 'key'>;

function addUp(closed: ClosedCost | undefined, open: OpenCost | undefined): Sums {
  return {
    estimated: (closed?.estimated ?? 0n) + (open?.amount ?? 0n),
    billed: closed?.billed ?? 0n,
    pricedMs: (closed?.pricedMs ?? 0) + (open?.pricedMs ?? 0),
    unpricedMs: (closed?.unpricedMs ?? 0) + (open?.unpricedMs ?? 0),
    heldGpuSeconds: (closed?.heldGpuSeconds ?? 0) + (open?.heldGpuSeconds ?? 0),
    usedGpuSeconds: (closed?.usedGpuSeconds ?? 0) + (open?.usedGpuSeconds ?? 0),
    workloadIdleGpuSeconds: (closed?.workloadIdleGpuSeconds ?? 0) + (open?.workloadIdleGpuSeconds ?? 0),
    energyJoules: addKnown(closed?.energyJoules ?? null, open?.energyJoules ?? null),
  };
}

/** An unknown part is left out; two unknown parts are unknown. */
function addKnown(a: number | null, b: number | null): number | null {
  return a === null ? b : b === null ? a : a + b;
}

function isWhollyUnpriced(run: Run, { pricedMs, unpricedMs }: Pick<Sums, 'pricedMs' | 'unpricedMs'>): boolean {
  return pricedMs === 0 && (unpricedMs > 0 || run.gaps.unchargedAttempts > 0);
}

function ratesByRun(spend: readonly SpendNow[]): Map<string, bigint> {
  const rates = new Map<string, bigint>();
  for (const { holder, perHour } of spend) {
    if (!holder) continue;
    const text = runKeyText(holder satisfies RunKey);
    rates.set(text, (rates.get(text) ?? 0n) + perHour);
  }
  return rates;
}
