import type { Attempt, Confidence, Outcome, RunKey } from '../facts/attempt';
import type { AllocatedCharge, HourClosing, OriginCharge } from '../facts/charge';
import type { DeviceStretch, GpuSample } from '../facts/gpu-sample';
import type { DiscoveredHost } from '../facts/host';
import type { Issue } from '../facts/issue';
import type { Labels, Run } from '../facts/run';
import type { Instant, Interval } from '../units/interval';

/** Numbers published loads, rising; reads state up to which load they look. 0 is the empty store. */
export type LoadId = number;

/**
 * Everything one cycle learned, published by one atomic act: readers see all of it or nothing.
 * `key` is ours: the same key with the same content is skipped, with other content it throws {@link IdempotencyError}.
 * Closing a host-hour that is closed already reverses its rows and adds the new ones, unless they are equal.
 */
export type Load = {
  readonly key: string;
  readonly at: Instant;
  readonly runs: readonly Run[];
  readonly attempts: readonly Attempt[];
  readonly closings: readonly HourClosing[];
  /** Issues found since the load before, by feed and place; the latest count of each stands. */
  readonly issues: readonly Issue[];
  /** Hosts that feeds saw and that are new or changed; the latest version of each name stands. */
  readonly hosts?: readonly DiscoveredHost[];
};

/** Whether a load was published now, and the load that holds its content. */
export type PublishOutcome = { readonly outcome: 'published' | 'skipped'; readonly loadId: LoadId };

/** What a feed needs to go on after a restart. */
export type KnownRun = { readonly key: RunKey; readonly outcome: Outcome; readonly fingerprint: string };

/** Where a host's ledger stands. */
export type HostSpan = {
  readonly host: string;
  /** Start of the first holding and end of the last one known (open holdings: null). */
  readonly firstHeld: Instant;
  readonly lastHeld: Instant | null;
};

/** Sums over the closed pieces of one run. */
export type ClosedCost = {
  readonly key: RunKey;
  /** Σ priced amounts, 10⁻¹². */
  readonly estimated: bigint;
  readonly billed: bigint;
  /** Attempt-milliseconds with and without a price. */
  readonly pricedMs: number;
  readonly unpricedMs: number;
  readonly heldGpuSeconds: number;
  readonly usedGpuSeconds: number;
  readonly workloadIdleGpuSeconds: number;
  /** Null where no piece has one. */
  readonly energyJoules: number | null;
};

/** Which runs to list, and from where on. */
export type RunQuery = {
  /** Case-insensitive part of flow, run id, user or a tag. */
  readonly q?: string;
  readonly deployment?: string;
  readonly flow?: string;
  /** Runs of any of these teams; '' stands for runs without one. */
  readonly teams?: readonly string[];
  readonly outcome?: Outcome;
  readonly experiment?: string;
  readonly from?: Instant;
  readonly to?: Instant;
  readonly limit: number;
  /** Keyset: strictly after this run in (startedAt desc, deployment, flow, run) order. */
  readonly after?: { readonly startedAt: Instant; readonly key: RunKey };
};

/** A flow with what the store knows of its runs. */
export type FlowRow = {
  readonly deployment: string;
  readonly flow: string;
  readonly runs: number;
  readonly lastStartedAt: Instant;
};

/** Cost of one deployment, flow and group inside a window. */
export type RollupRow = {
  readonly deployment: string;
  readonly flow: string;
  /** The group's value; null where runs carry none. */
  readonly value: string | null;
  readonly estimated: bigint;
  readonly billed: bigint;
  readonly heldGpuSeconds: number;
  readonly unpricedMs: number;
  readonly runs: number;
};

/** What is missing from the cost of one group inside a window. */
export type GapRow = {
  readonly value: string | null;
  readonly unchargedAttempts: number;
  readonly lostAttempts: number;
  /** Runs with gaps that no rollup counts: nothing of them is charged inside the window. */
  readonly runs: number;
};

/** Names an issue: the same place again is the same issue. */
export type IssuePlace = Omit<Issue, 'reason' | 'remedy' | 'count'>;

/** What a rollup groups by. */
export type RollupBy = 'flow' | 'step' | 'config_variant' | keyof Labels;

/** A closed charge period with its sums by kind and cause, for idle views. */
export type HostPeriodRow = {
  readonly origin: OriginCharge;
  readonly workload: bigint | null;
  readonly unattributed: bigint | null;
  /** By cause; absent causes are not listed. */
  readonly idle: readonly { readonly cause: string; readonly amount: bigint | null; readonly gpuSeconds: number }[];
  readonly heldGpuSeconds: number;
};

/** Charged amounts of a window by how surely they are attributed; for coverage. */
export type CoverageRow = {
  readonly kind: 'workload' | 'unattributed';
  /** Of the attempt; null on unattributed. */
  readonly confidence: Confidence | null;
  /** Held by something that is no Metaflow run. */
  readonly isWorkload: boolean;
  readonly hasTeam: boolean;
  readonly hasProject: boolean;
  readonly amount: bigint;
  readonly heldGpuSeconds: number;
  /** Used or workload idle. */
  readonly observedGpuSeconds: number;
};

/** What is charged in a window but known to nobody: pods of no run, runs without a team, unattributed use of a host. */
export type UnmatchedRow = {
  readonly kind: 'workload' | 'unattributed';
  /** The holder's run; null on unattributed. */
  readonly key: RunKey | null;
  /** Set on unattributed alone. */
  readonly host: string | null;
  readonly confidence: Confidence | null;
  readonly hasTeam: boolean;
  readonly amount: bigint;
  readonly heldGpuSeconds: number;
};

/** How much one step of one past run held on average while it ran. */
export type StepHistoryRow = {
  readonly run: string;
  readonly variantId: string | null;
  readonly step: string;
  /** Σ over attempts of GPUs × ms; vCPUs × ms; bytes × ms. */
  readonly gpuMs: number;
  readonly vcpuMs: number;
  readonly byteMs: number;
  /** Length of the union of its attempts' intervals. */
  readonly busyMs: number;
  /** When the run began and ended; it succeeded. */
  readonly runStartedAt: Instant;
  readonly runEndedAt: Instant;
};

/** Two loads share a key but not their content: a bug of ours or a tampered input. */
export class IdempotencyError extends Error {
  override readonly name = 'IdempotencyError';
}

/** The store's files do not hold what was published; finance must not be shown numbers. */
export class IntegrityError extends Error {
  override readonly name = 'IntegrityError';
}

/** Where facts and the ledger are kept. All reads are snapshots at `asOf`. */
export interface Store {
  /** Stages, verifies (counts, and Σ pieces = origin for every host-hour, re-summed in SQL) and publishes. */
  publish(load: Load): Promise<PublishOutcome>;
  lastLoad(): Promise<LoadId>;
  /** When the newest load was made; null for the empty store. */
  lastLoadAt(): Promise<Instant | null>;

  knownRuns(deployment: string, asOf: LoadId): Promise<KnownRun[]>;
  /** Latest revision of the attempts of these runs. */
  attemptsOfRuns(keys: readonly RunKey[], asOf: LoadId): Promise<Attempt[]>;
  /** Latest revision of every attempt on `hosts` that shares time with `span`; open ones have no end; no clones. */
  attemptsOnHosts(hosts: readonly string[], span: Interval, asOf: LoadId): Promise<Attempt[]>;
  /** When each host first and last held something: attempts of known resources and some length, clones left out. */
  hostSpans(asOf: LoadId, without?: readonly RunKey[]): Promise<HostSpan[]>;
  /** Closed hours of a host inside `span`, with the pricing they were closed under. */
  closedHours(host: string, span: Interval, asOf: LoadId): Promise<{ hour: Instant; pricingHash: string }[]>;
  /** End of the last closed hour by host. */
  closedUntil(asOf: LoadId): Promise<Map<string, Instant>>;

  flows(
    asOf: LoadId,
    query: { q?: string; deployment?: string; limit: number; after?: { deployment: string; flow: string } },
  ): Promise<FlowRow[]>;
  runs(query: RunQuery, asOf: LoadId): Promise<Run[]>;
  runsByKey(keys: readonly RunKey[], asOf: LoadId): Promise<Run[]>;
  /** Runs of every deployment that have this flow and id. */
  findRun(name: { flow: string; run: string; deployment?: string | undefined }, asOf: LoadId): Promise<Run[]>;
  /** Runs that are open or ended at or after `since`, newest first, for `/metrics`. */
  recentRuns(since: Instant, asOf: LoadId): Promise<Run[]>;
  /**
   * Runs with a version after the load `after` that are recent as in {@link recentRuns}, or were at `after`, newest
   * first: what a list that was read at `after` must add, replace or drop.
   */
  runsChangedSince(after: LoadId, since: Instant, asOf: LoadId): Promise<Run[]>;
  closedCosts(keys: readonly RunKey[], asOf: LoadId): Promise<ClosedCost[]>;
  /** Net pieces of one run, oldest period first. */
  piecesOfRun(key: RunKey, asOf: LoadId): Promise<AllocatedCharge[]>;
  /** Net origin charges of these periods, with all their pieces' sums. */
  hostPeriods(
    query: {
      hosts?: readonly string[];
      from: Instant;
      to: Instant;
      limit: number;
      after?: { start: Instant; host: string };
    },
    asOf: LoadId,
  ): Promise<HostPeriodRow[]>;
  /** Every net piece of one host's charge period, for receipts. */
  piecesOfPeriod(host: string, period: Interval, asOf: LoadId): Promise<AllocatedCharge[]>;
  /** Cost by group inside a window; `uncounted` runs are in the sums but not in the count of runs. */
  rollup(query: { by: RollupBy; window: Interval; uncounted?: readonly RunKey[] }, asOf: LoadId): Promise<RollupRow[]>;
  /**
   * Gaps by label, of runs that started or are charged inside the window; `uncounted` runs are charged inside it by
   * what the store does not hold, so their gaps are in the sums but they are not in the count of runs.
   */
  rollupGaps(
    query: { by: keyof Labels; window: Interval; uncounted?: readonly RunKey[] },
    asOf: LoadId,
  ): Promise<GapRow[]>;
  gpuTime(asOf: LoadId): Promise<
    {
      kind: string;
      cause: string | null;
      team: string | null;
      host: string;
      /** Of workload: all of it, and the parts that were observed. */
      gpuSeconds: number;
      usedGpuSeconds: number;
      workloadIdleGpuSeconds: number;
    }[]
  >;
  stepHistory(flow: { deployment: string; flow: string }, lastRuns: number, asOf: LoadId): Promise<StepHistoryRow[]>;
  /** Standing issues by feed, code, file, line, column, field, value, nulls last; strictly after `after`. */
  issues(asOf: LoadId, query: { limit: number; after?: IssuePlace }): Promise<Issue[]>;

  /** Latest version of every host that a feed ever saw. */
  discoveredHosts(asOf: LoadId): Promise<DiscoveredHost[]>;
  /** Charged amounts of a window by how surely they are attributed. */
  coverage(window: Interval, asOf: LoadId): Promise<CoverageRow[]>;
  /** The `limit` largest amounts of a window that belong to no run, or to no team; largest first. */
  unmatched(window: Interval, limit: number, asOf: LoadId): Promise<UnmatchedRow[]>;

  /**
   * Keeps GPU samples. Not part of a load: they only classify held time. The same device and time again changes
   * nothing (the first stands); samples expire after 35 days.
   */
  appendSamples(samples: readonly GpuSample[]): Promise<void>;
  /**
   * Stretches of every device of these hosts that share time with `span`, oldest first by host and device. A sample
   * speaks until the device's next one, for `holdsMs` at most; a gap, another kind or other pods end a stretch.
   */
  deviceStretches(hosts: readonly string[], span: Interval): Promise<DeviceStretch[]>;

  /** Published loads against the rows that are there, detached parts, `CHECK TABLE`; throws {@link IntegrityError}. */
  verify(): Promise<void>;
  close(): Promise<void>;
}
