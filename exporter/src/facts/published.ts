import type { Instant } from '../units/interval';
import type { AttemptKey, Confidence, Outcome, RunKey } from './attempt';
import type { ChargeKind, ChargePeriod } from './charge';
import type { Host } from './host';
import type { Issue } from './issue';
import type { PriceSpan } from './price';
import type { Dimension, Labels, Variant } from './run';

/** Amounts of one thing by basis, 10⁻¹²; the parts add up. */
export type CostByBasis = { readonly estimated: bigint; readonly billed: bigint };

/** What somebody costs per hour right now; the amounts of one host sum to its price. */
export type SpendNow = {
  readonly host: string;
  readonly pool: string | null;
  readonly gpuModel: string | null;
  readonly kind: ChargeKind;
  readonly holder: AttemptKey | null;
  readonly team: string | null;
  /** Of the holder; absent where the cycle does not say. */
  readonly project?: string | null;
  /** How surely the holder is tied to what it holds; null without a holder, absent where the cycle does not say. */
  readonly confidence?: Confidence | null;
  readonly perHour: bigint;
};

/** Which history an expected rate rests on. */
export type ExpectationBasis = 'variant' | 'flow' | 'requested';

/** One run as `/metrics` shows it. */
export type RunMetrics = {
  readonly key: RunKey;
  readonly outcome: Outcome;
  readonly live: boolean;
  readonly endedAt: Instant | null;
  /** Null when every held second is unpriced: then no cost series exists. */
  readonly cost: CostByBasis | null;
  /** Dollars an hour now, 10⁻¹²; null when the run holds nothing priced now. */
  readonly perHour: bigint | null;
  readonly expectedPerHour: bigint | null;
  readonly expectationBasis: ExpectationBasis | null;
  /** What it will have cost when it ends, 10⁻¹², as far as its flow's history tells; null when nothing does. */
  readonly projected: bigint | null;
  /** What such a run costs by its flow's history at current prices, 10⁻¹². */
  readonly expectedTotal: bigint | null;
  /** The smallest budget that applies to it, 10⁻¹². */
  readonly budget: bigint | null;
  /** Since it started, while it runs. */
  readonly elapsedSeconds: number | null;
  /** How long such a run takes by its flow's history. */
  readonly expectedSeconds: number | null;
  /** Used, workload idle and unobserved GPU time add up to this. */
  readonly heldGpuSeconds: number;
  readonly usedGpuSeconds: number;
  readonly workloadIdleGpuSeconds: number;
  /** Mean activity, 0 to 1, of the GPUs it holds now; null when nothing observes them. */
  readonly utilization: number | null;
  /** Null when nothing tells. */
  readonly energyJoules: number | null;
  readonly unpricedSeconds: number;
  readonly k8sNamespace: string | null;
  readonly labels: Labels;
  readonly user: string | null;
  readonly runtime: string | null;
  readonly variant: Variant | null;
};

/** A workload that is no Metaflow run: what it holds and costs since the ledger knows it. */
export type WorkloadMetrics = {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly team: string | null;
  readonly modelVersion: string | null;
  readonly live: boolean;
  /** Null when every held second is unpriced. */
  readonly cost: CostByBasis | null;
  readonly perHour: bigint | null;
  readonly heldGpuSeconds: number;
  readonly usedGpuSeconds: number;
  readonly workloadIdleGpuSeconds: number;
  readonly utilization: number | null;
};

/** A month's budget of a flow, a team or an experiment and what is spent of it, 10⁻¹². */
export type BudgetNow = {
  readonly scope: 'flow' | 'team' | 'experiment' | 'all';
  readonly name: string;
  readonly amount: bigint;
  readonly spent: bigint;
};

/** How many GPUs of a host telemetry sees. */
export type TelemetryReach = { readonly host: string; readonly gpus: number; readonly seen: number };

/** Month-to-date cost of one label value. */
export type Rollup = {
  readonly dimension: 'flow' | 'step' | 'config_variant' | Exclude<Dimension, 'project' | 'cost_center'>;
  readonly deployment: string;
  readonly flow: string | null;
  /** The label's value; null is "no team", "no experiment", … */
  readonly value: string | null;
  readonly cost: CostByBasis;
  readonly runs: number;
};

/** GPU time of closed intervals, cumulative since the ledger began. */
export type GpuTimeTotal = {
  readonly state: 'used' | 'workload_idle' | 'unobserved' | 'idle' | 'unattributed';
  readonly cause: string | null;
  readonly team: string | null;
  readonly pool: string | null;
  readonly gpuModel: string | null;
  readonly gpuSeconds: number;
};

/** A feed's health after its last poll. */
export type FeedHealth = {
  readonly feed: string;
  readonly up: boolean;
  readonly lastSuccess: Instant | null;
  /** Seconds from the newest fact to now; null when the feed never had one. */
  readonly lagSeconds: number | null;
  readonly rows: { readonly accepted: number; readonly rejected: number };
  readonly durationSeconds: number;
  readonly error: string | null;
  /** Whether the last poll brought facts, found a source without any, or failed; absent before the first one. */
  readonly outcome?: 'ok' | 'empty' | 'failed';
  /** Samples that were left out since the start, by reason. */
  readonly dropped?: { readonly [reason: string]: number };
};

/** A host as priced now. */
export type PricedHost = { readonly host: Host; readonly price: PriceSpan };

/**
 * All that scrapes and API calls read: what the last cycle closed, swapped in whole.
 * `asOf` is the load up to which the store is to be read; `open` holds every charge period after that.
 */
export type PublishedState = {
  readonly asOf: number;
  readonly computedAt: Instant;
  readonly completeUntil: Instant | null;
  readonly currency: string;
  readonly example: boolean;
  readonly open: readonly ChargePeriod[];
  readonly spend: readonly SpendNow[];
  readonly runs: readonly RunMetrics[];
  readonly workloads: readonly WorkloadMetrics[];
  readonly budgets: readonly BudgetNow[];
  readonly reach: readonly TelemetryReach[];
  readonly rollups: readonly Rollup[];
  readonly gpuTime: readonly GpuTimeTotal[];
  readonly hosts: readonly PricedHost[];
  readonly feeds: readonly FeedHealth[];
  readonly issues: readonly Issue[];
  readonly invariantViolations: number;
};
