import { type AttemptKey, type RunKey, runKeyText } from '../facts/attempt';
import type { AllocatedCharge, ChargePeriod } from '../facts/charge';
import type { RunMetrics, SpendNow } from '../facts/published';
import type { Run } from '../facts/run';
import type { ClosedCost } from '../store/store';
import type { Expectation } from '../ledger/expect';
import { gpuSecondsFromNanoGpuMilliseconds } from '../units/quantity';

/** What a run has in the open hours. */
export type OpenCost = { amount: bigint; pricedMs: number; unpricedMs: number; heldGpuSeconds: number };

/** Runs and what is known of each, by run. */
export type RunMetricsInput = {
  readonly runs: readonly Run[];
  readonly closed: ReadonlyMap<string, ClosedCost>;
  readonly open: ReadonlyMap<string, OpenCost>;
  readonly spend: readonly SpendNow[];
  readonly expected: ReadonlyMap<string, Expectation>;
};

/** Sums the open pieces by run. */
export function openCosts(periods: readonly ChargePeriod[]): Map<string, OpenCost> {
  const costs = new Map<string, OpenCost>();
  for (const piece of workloadPieces(periods)) {
    const text = runKeyText(piece.holder);
    const cost = costs.get(text) ?? { amount: 0n, pricedMs: 0, unpricedMs: 0, heldGpuSeconds: 0 };
    cost.amount += piece.amount ?? 0n;
    if (piece.amount === null) cost.unpricedMs += piece.heldMs;
    else cost.pricedMs += piece.heldMs;
    cost.heldGpuSeconds += gpuSecondsFromNanoGpuMilliseconds(piece.gpuTime);
    costs.set(text, cost);
  }
  return costs;
}

/** The pieces that somebody holds, with their holder. */
export function workloadPieces(
  periods: readonly ChargePeriod[],
): (AllocatedCharge & { readonly holder: AttemptKey })[] {
  return periods
    .flatMap(({ pieces }) => pieces)
    .filter((piece): piece is AllocatedCharge & { readonly holder: AttemptKey } => piece.holder !== null);
}

/** One row a run for `/metrics`: closed and open cost added, its rate now and what is expected of it. */
export function runMetrics({ runs, closed, open, spend, expected }: RunMetricsInput): RunMetrics[] {
  const rates = ratesByRun(spend);
  return runs.map((run) => {
    const text = runKeyText(run.key);
    const sums = addUp(closed.get(text), open.get(text));
    const expectation = expected.get(text) ?? null;
    const { key, outcome, endedAt, labels, user, runtime, variant } = run;
    return {
      key,
      outcome,
      live: outcome === 'running',
      endedAt,
      cost: isWhollyUnpriced(run, sums) ? null : { estimated: sums.estimated, billed: sums.billed },
      perHour: rates.get(text) ?? null,
      expectedPerHour: expectation?.perHour ?? null,
      expectationBasis: expectation?.basis ?? null,
      heldGpuSeconds: sums.heldGpuSeconds,
      unpricedSeconds: sums.unpricedMs / 1000,
      labels,
      user,
      runtime,
      variant,
    };
  });
}

type Sums = Omit<ClosedCost, 'key'>;

function addUp(closed: ClosedCost | undefined, open: OpenCost | undefined): Sums {
  return {
    estimated: (closed?.estimated ?? 0n) + (open?.amount ?? 0n),
    billed: closed?.billed ?? 0n,
    pricedMs: (closed?.pricedMs ?? 0) + (open?.pricedMs ?? 0),
    unpricedMs: (closed?.unpricedMs ?? 0) + (open?.unpricedMs ?? 0),
    heldGpuSeconds: (closed?.heldGpuSeconds ?? 0) + (open?.heldGpuSeconds ?? 0),
  };
}

function isWhollyUnpriced(run: Run, { pricedMs, unpricedMs }: Sums): boolean {
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
