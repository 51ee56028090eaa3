import type { PodPhase } from '../../facts/pod';
import type { Instant } from '../../units/interval';
import type { NamedValues } from './ksm-name';

/** Amounts by resource name as kube-state-metrics writes it: cores, bytes, or a count of devices. */
export type Amounts = ReadonlyMap<string, number>;

/** One pod in one scrape, in Kubernetes' own words; what the scrape does not say is null. */
export type SeenPod = {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly node: string | null;
  readonly phase: PodPhase;
  readonly created: Instant | null;
  /** When the kubelet accepted it. */
  readonly started: Instant | null;
  readonly scheduled: Instant | null;
  /** The earliest and the latest start of its running containers. */
  readonly firstContainerStarted: Instant | null;
  readonly lastContainerStarted: Instant | null;
  /** The latest end of a main container that has ended; others may still run. */
  readonly completed: Instant | null;
  /** The latest end of a container that was started again since. */
  readonly lastTerminated: Instant | null;
  /** When it is to be gone: the wish to delete it, plus its grace. */
  readonly deletion: Instant | null;
  /** Effective request by resource: max(init containers, Σ main containers). */
  readonly requests: Amounts;
  /** Null where the source has no series of its annotations: nobody allowed any. */
  readonly annotations: NamedValues | null;
  readonly labels: NamedValues;
  readonly owner: { readonly kind: string; readonly name: string } | null;
};

/** One node in one scrape; texts that are empty are null. */
export type SeenNode = {
  readonly name: string;
  readonly providerId: string | null;
  readonly systemUuid: string | null;
  readonly internalIp: string | null;
  readonly created: Instant | null;
  readonly deletion: Instant | null;
  readonly capacity: Amounts;
  readonly labels: NamedValues;
};

/** All that one complete scrape of one target says: pods by uid, nodes by name. */
export type ClusterSnapshot = {
  readonly pods: ReadonlyMap<string, SeenPod>;
  readonly nodes: ReadonlyMap<string, SeenNode>;
};
