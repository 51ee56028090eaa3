import { type Attempt, type RunKey, runKeyText } from '../../exporter/src/facts/attempt';
import { type AllocatedCharge, type ChargePeriod, IDLE_CAUSES } from '../../exporter/src/facts/charge';
import type { Rung } from '../../exporter/src/facts/price';
import { DIMENSIONS, type Labels, type Run } from '../../exporter/src/facts/run';
import { isWorkload } from '../../exporter/src/facts/workload';
import type { GapRow, HostPeriodRow, RollupBy, StepHistoryRow } from '../../exporter/src/store/store';
import type { Interval } from '../../exporter/src/units/interval';

/** A piece that somebody held, with the rung of the charge it was split from. */
export type ChargedPiece = AllocatedCharge & { readonly rung: Rung };

/** Σ of pieces as the store answers it. */
export function sumPieces(pieces: readonly ChargedPiece[]) {
  const priced = pieces.filter(({ amount }) => amount !== null);
  const isBilled = ({ rung }: ChargedPiece): boolean => rung === 'billed';
  const milliseconds = (some: readonly AllocatedCharge[]): number => some.reduce((sum, { heldMs }) => sum + heldMs, 0);
  return {
    estimated: sumAmounts(priced.filter((piece) => !isBilled(piece))) ?? 0n,
    billed: sumAmounts(priced.filter(isBilled)) ?? 0n,
    pricedMs: milliseconds(priced),
    unpricedMs: milliseconds(pieces) - milliseconds(priced),
    heldGpuSeconds: gpuSeconds(pieces),
    ...usageSeconds(pieces),
    energyJoules: energyOf(pieces),
  };
}

/** Σ of what was observed of pieces, in GPU-seconds. */
export function usageSeconds(pieces: readonly AllocatedCharge[]) {
  const sum = (part: 'used' | 'workloadIdle'): number =>
    pieces.reduce((total, { usage }) => total + Number(usage?.[part] ?? 0n), 0) / 1e12;
  return { usedGpuSeconds: sum('used'), workloadIdleGpuSeconds: sum('workloadIdle') };
}

function energyOf(pieces: readonly AllocatedCharge[]): number | null {
  const known = pieces.flatMap(({ usage }) => usage?.energyMillijoules ?? []);
  return known.length === 0 ? null : known.reduce((sum, energy) => sum + energy, 0) / 1000;
}

/** A charge period with its sums by kind and cause. */
export function hostPeriodRow({ origin, pieces }: ChargePeriod): HostPeriodRow {
  const amountOf = (some: readonly AllocatedCharge[]): bigint | null =>
    origin.amount === null ? null : (sumAmounts(some) ?? 0n);
  const ofKind = (kind: AllocatedCharge['kind']): AllocatedCharge[] => pieces.filter((piece) => piece.kind === kind);
  const idle = IDLE_CAUSES.flatMap((cause) => {
    const ofCause = ofKind('idle').filter((piece) => piece.cause === cause);
    return ofCause.length === 0 ? [] : [{ cause, amount: amountOf(ofCause), gpuSeconds: gpuSeconds(ofCause) }];
  });
  return {
    origin,
    workload: amountOf(ofKind('workload')),
    unattributed: amountOf(ofKind('unattributed')),
    idle,
    heldGpuSeconds: gpuSeconds(ofKind('workload')),
  };
}

/** What a rollup calls a run; null where it carries no such name. */
export function valueOf(run: Run | undefined, by: Exclude<RollupBy, 'flow' | 'step'>): string | null {
  if (!run) return null;
  const dimension = DIMENSIONS.find((name) => name === by);
  return dimension ? run.labels[dimension] : (run.variant?.id ?? null);
}

/** What is missing by label; `charged` and `uncounted` are run key texts. */
export function gapRows(
  runs: readonly Run[],
  of: { by: keyof Labels; window: Interval; charged: ReadonlySet<string>; uncounted: ReadonlySet<string> },
): GapRow[] {
  const groups = new Map<string | null, GapRow>();
  for (const { key, labels, gaps, startedAt } of runs) {
    const isCharged = of.charged.has(runKeyText(key)) || of.uncounted.has(runKeyText(key));
    const isInside = isCharged || (startedAt >= of.window.start && startedAt < of.window.end);
    if (!isInside || gaps.unchargedAttempts + gaps.lostAttempts === 0) continue;
    const value = labels[of.by];
    const known = groups.get(value);
    groups.set(value, {
      value,
      unchargedAttempts: (known?.unchargedAttempts ?? 0) + gaps.unchargedAttempts,
      lostAttempts: (known?.lostAttempts ?? 0) + gaps.lostAttempts,
      runs: (known?.runs ?? 0) + (isCharged || isWorkload(key) ? 0 : 1),
    });
  }
  return [...groups.values()];
}

/** What each step of an ended run held on average. */
export function stepHistoryOf(run: Run, all: readonly Attempt[]): StepHistoryRow[] {
  const { key, variant, startedAt, endedAt } = run;
  const lastEnd = Math.max(...all.map((attempt) => (isOf(attempt, key) ? (attempt.end ?? startedAt) : startedAt)));
  const own = all.filter((attempt) => isOf(attempt, key) && !attempt.isClone && attempt.held);
  return [...new Set(own.map((attempt) => attempt.key.step))].map((step) => {
    const attempts = own.filter((attempt) => attempt.key.step === step);
    const product = (name: 'gpus' | 'vcpus' | 'memory', scale: number): number =>
      attempts.reduce(
        (sum, { start, end, held }) => sum + (Number(held?.[name] ?? 0n) / scale) * ((end ?? start) - start),
        0,
      );
    return {
      run: key.run,
      variantId: variant?.id ?? null,
      step,
      gpuMs: product('gpus', 1e9),
      vcpuMs: product('vcpus', 1e3),
      byteMs: product('memory', 1),
      busyMs: unionLength(attempts),
      runStartedAt: startedAt,
      runEndedAt: endedAt ?? lastEnd,
    };
  });
}

const isOf = (attempt: Attempt, key: RunKey): boolean => runKeyText(attempt.key) === runKeyText(key);

function unionLength(attempts: readonly Attempt[]): number {
  let [length, reached] = [0, -Infinity];
  for (const { start, end } of [...attempts].sort((a, b) => a.start - b.start)) {
    const from = Math.max(start, reached);
    const to = end ?? start;
    if (to > from) length += to - from;
    reached = Math.max(reached, to);
  }
  return length;
}

function sumAmounts(pieces: readonly AllocatedCharge[]): bigint | null {
  return pieces.length === 0 ? null : pieces.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
}

const gpuSeconds = (pieces: readonly AllocatedCharge[]): number =>
  pieces.reduce((sum, { gpuTime }) => sum + Number(gpuTime), 0) / 1e12;
