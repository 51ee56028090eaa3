import type { Interval } from '../units/interval';
import type { NanoGpuMilliseconds } from '../units/quantity';
import type { AttemptKey } from './attempt';
import type { Rung } from './price';

/** What one host cost in one charge period: the hour, or its cut at price changes and at the host's own ends. */
export type OriginCharge = {
  readonly host: string;
  readonly period: Interval;
  /** 10⁻¹² of the ledger's currency; null when the period is unpriced. */
  readonly amount: bigint | null;
  readonly perHour: bigint | null;
  readonly rung: Rung;
  readonly rateCard: string | null;
  readonly explanation: string;
  /** Σ weights of the period: capacity per ms × ms. */
  readonly capacityWeight: bigint;
  /** GPUs × ms of the period. */
  readonly gpuTime: NanoGpuMilliseconds;
  readonly splitPolicy: string;
};

/** What an allocated charge is for. */
export type ChargeKind = 'workload' | 'idle' | 'unattributed';

/** Why capacity was held by nobody, in the order in which ties of money go. */
export const IDLE_CAUSES = ['no_work', 'beside_work', 'startup', 'tail', 'gap'] as const;
/** One of {@link IDLE_CAUSES}. */
export type IdleCause = (typeof IDLE_CAUSES)[number];

/** What was observed of the GPU time of a piece; what is neither used nor workload idle is unobserved. */
export type GpuUsage = {
  readonly used: NanoGpuMilliseconds;
  readonly workloadIdle: NanoGpuMilliseconds;
  /** Σ GPU time × activity: what a utilization is the ratio of, over used + workloadIdle. */
  readonly busy: NanoGpuMilliseconds;
  /** Its part of the boards' energy in mJ; null where nothing tells. */
  readonly energyMillijoules: number | null;
};

/** One piece of an origin charge; the pieces of a charge sum to it exactly. */
export type AllocatedCharge = {
  readonly host: string;
  readonly period: Interval;
  readonly kind: ChargeKind;
  /** Set on idle alone. */
  readonly cause: IdleCause | null;
  /** Set on workload alone. */
  readonly holder: AttemptKey | null;
  /** Null when the origin charge is unpriced. */
  readonly amount: bigint | null;
  /** The integer weight that made the split. */
  readonly weight: bigint;
  /** Milliseconds of the period in which the holder held (workload), or in which this cause or kind applied. */
  readonly heldMs: number;
  /** First and last millisecond held inside the period, as `[start, end)`. */
  readonly held: Interval;
  /** GPU time of this piece after scaling to capacity. */
  readonly gpuTime: NanoGpuMilliseconds;
  /** On workload pieces that hold GPUs; absent where nothing was observed. */
  readonly usage?: GpuUsage;
};

/** An origin charge with all its pieces. */
export type ChargePeriod = { readonly origin: OriginCharge; readonly pieces: readonly AllocatedCharge[] };

/** One host's closed hour, ready for the store. `pricingHash` says which host facts and prices it was closed under. */
export type HourClosing = {
  readonly host: string;
  readonly hour: Interval;
  readonly pricingHash: string;
  readonly periods: readonly ChargePeriod[];
};
