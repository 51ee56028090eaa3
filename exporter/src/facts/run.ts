import type { Instant } from '../units/interval';
import type { Outcome, RunKey } from './attempt';

/** A value that came out of a plain-data pickle or a JSON file. */
export type PlainValue =
  null | boolean | number | string | readonly PlainValue[] | { readonly [key: string]: PlainValue };

/** Which config variant a run belongs to and how the id was made; ids of two methods are never compared. */
export type Variant = { readonly id: string; readonly method: 'tag' | 'config_values' | 'config_sha' };

/** A run as a feed saw it. */
export type RunRecord = {
  readonly key: RunKey;
  readonly startedAt: Instant;
  /** Null while it runs or while nothing says when it ended. */
  readonly endedAt: Instant | null;
  readonly outcome: Outcome;
  readonly user: string | null;
  readonly tags: readonly string[];
  readonly systemTags: readonly string[];
  /** Metaflow's `runtime:` (dev, argo-workflows, …). */
  readonly runtime: string | null;
  readonly variant: Variant | null;
  /** Config values by Config name, secrets redacted; null when none could be read. */
  readonly config: { readonly [name: string]: PlainValue } | null;
  /** What the feed compares to know that nothing of this run changed since it last read it. */
  readonly fingerprint: string;
};

/** Who a run's cost belongs to; null is unknown ("No team"), never a sentinel. */
export type Labels = {
  readonly team: string | null;
  readonly project: string | null;
  readonly cost_center: string | null;
  readonly experiment: string | null;
  readonly model_version: string | null;
};

/** The dimensions that rules fill. */
export const DIMENSIONS = ['team', 'project', 'cost_center', 'experiment', 'model_version'] as const;
/** One of {@link DIMENSIONS}. */
export type Dimension = (typeof DIMENSIONS)[number];

/** What of a run's attempts is not charged, or only up to a last sign; where both are 0 its cost is complete. */
export type Gaps = {
  /** Attempts whose host or resources nothing tells; clones left out. */
  readonly unchargedAttempts: number;
  /** Attempts that were closed by silence. */
  readonly lostAttempts: number;
};

/** A run with its attribution, as the store keeps it. */
export type Run = RunRecord & { readonly labels: Labels; readonly gaps: Gaps };
