import type { AllocatedCharge } from '../facts/charge';
import type { Gaps } from '../facts/run';
import { gpuSecondsFromNanoGpuMilliseconds } from '../units/quantity';

/** Sums of charges, the unpriced ones apart. */
export type CostTally = {
  readonly estimated: bigint;
  readonly billed: bigint;
  readonly pricedMs: number;
  readonly unpricedMs: number;
  readonly heldGpuSeconds: number;
};

/** Nothing held. */
export const NO_COST: CostTally = { estimated: 0n, billed: 0n, pricedMs: 0, unpricedMs: 0, heldGpuSeconds: 0 };

/** Nothing is missing. */
export const NO_GAPS: Gaps = { unchargedAttempts: 0, lostAttempts: 0 };

/** Adds two tallies. */
export function addTallies(a: CostTally, b: CostTally): CostTally {
  return {
    estimated: a.estimated + b.estimated,
    billed: a.billed + b.billed,
    pricedMs: a.pricedMs + b.pricedMs,
    unpricedMs: a.unpricedMs + b.unpricedMs,
    heldGpuSeconds: a.heldGpuSeconds + b.heldGpuSeconds,
  };
}

/** Adds what is missing from two costs. */
export function addGaps(a: Gaps, b: Gaps): Gaps {
  return {
    unchargedAttempts: a.unchargedAttempts + b.unchargedAttempts,
    lostAttempts: a.lostAttempts + b.lostAttempts,
  };
}

/** The tally of some pieces; none of them is billed yet. */
export function tallyPieces(pieces: Iterable<AllocatedCharge>): CostTally {
  let tally = NO_COST;
  for (const { amount, heldMs, gpuTime } of pieces) {
    tally = addTallies(tally, {
      estimated: amount ?? 0n,
      billed: 0n,
      pricedMs: amount === null ? 0 : heldMs,
      unpricedMs: amount === null ? heldMs : 0,
      heldGpuSeconds: gpuSecondsFromNanoGpuMilliseconds(gpuTime),
    });
  }
  return tally;
}

/** Σ of the priced parts; null when something was held and nothing of it has a price. */
export function costOf({ estimated, billed, pricedMs, unpricedMs }: CostTally, gaps: Gaps = NO_GAPS): bigint | null {
  const isUnknown = pricedMs === 0 && (unpricedMs > 0 || gaps.unchargedAttempts > 0);
  return isUnknown ? null : estimated + billed;
}

/** True when every held moment has a price and a sure end. */
export function isComplete({ unpricedMs }: CostTally, gaps: Gaps = NO_GAPS): boolean {
  return unpricedMs === 0 && gaps.unchargedAttempts === 0 && gaps.lostAttempts === 0;
}
