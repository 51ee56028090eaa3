import type { DiscoveredHost } from '../../facts/host';
import type { Issue } from '../../facts/issue';
import type { Pod } from '../../facts/pod';
import type { Instant } from '../../units/interval';

/** What a cluster brought since the last time: pods and nodes that are new or changed, with all that is known. */
export type ClusterBatch = {
  readonly cluster: string;
  /** The instant up to which the cluster is known: the oldest of its targets' newest complete scrapes; null before. */
  readonly readAt: Instant | null;
  readonly pods: readonly Pod[];
  readonly hosts: readonly DiscoveredHost[];
  readonly issues: readonly Issue[];
};
