import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { issueOf } from '../metaflow/issue';
import type { SeenNode, SeenPod } from './cluster-snapshot';
import type { ClusterState } from './cluster-tracker';
import { ksmNames, textOf } from './ksm-name';
import type { TrackedHost } from './track-hosts';
import { ANNOTATIONS_FLAG, IDENTITY_ANNOTATIONS, LABELS_FLAG, NODE_KEYS, POD_KEYS } from './well-known-keys';

/** A new node offers no GPUs until its device plugin runs. */
const NEW_NODE_MS = 10 * 60_000;

/** What is missing or contradictory in a cluster as it is known at `at`, once all of its targets have been read. */
export function clusterIssues(state: ClusterState, at: Instant): Issue[] {
  const pods = [...state.pods.values()].map(({ sight }) => sight.seen);
  const hosts = [...state.hosts.values()].filter(({ host }) => host.to === null);
  return [
    ...missingAnnotations(state.cluster, pods),
    ...missingNodeLabels(
      state.cluster,
      hosts.map(({ node }) => node),
    ),
    ...hosts.flatMap((tracked) => gpuConflict(state.cluster, tracked, at)),
  ];
}

// Metaflow's own pods: `t-1a2b3c4d-…` of a Job, `js-1a2b3c-control-0-0-…` of a JobSet.
const METAFLOW_NAME = /^(t-[0-9a-f]{8}-|js-[0-9a-f]{2,}-(control|worker)-\d)/;

/** Once any annotation is allowed every pod has a series; before, each holder of GPUs may be one of Metaflow's. */
function missingAnnotations(feed: string, pods: readonly SeenPod[]): Issue[] {
  const nothingAllowed = pods.every(({ annotations }) => annotations === null);
  const suspects = pods.filter((pod) => isOfMetaflow(pod) || (nothingAllowed && holdsGpus(pod)));
  const missing = IDENTITY_ANNOTATIONS.filter((key) => suspects.every((pod) => !textOf(pod.annotations ?? {}, key)));
  const [first] = suspects;
  if (first === undefined || missing.length === 0) return [];
  const names = [...ksmNames(missing, 'annotation').values()];
  return [
    issueOf(feed, {
      code: 'missing_allow_list',
      field: 'kube_pod_annotations',
      value: `${first.namespace}/${first.name}`,
      reason: `carries none of ${names.join(', ')}, so pods cannot be tied to the runs that they belong to`,
      remedy: `Start kube-state-metrics with ${ANNOTATIONS_FLAG}`,
      count: suspects.length,
    }),
  ];
}

function isOfMetaflow({ name, labels }: SeenPod): boolean {
  return textOf(labels, POD_KEYS.partOf) === 'metaflow' || METAFLOW_NAME.test(name);
}

function holdsGpus({ requests }: SeenPod): boolean {
  return [...requests].some(([resource, amount]) => amount > 0 && /^(nvidia|amd)_com_/.test(resource));
}

function missingNodeLabels(feed: string, nodes: readonly SeenNode[]): Issue[] {
  const lacking = nodes.filter(({ labels }) => {
    const type = textOf(labels, NODE_KEYS.instanceType) ?? textOf(labels, NODE_KEYS.instanceTypeBefore117);
    return type === null;
  });
  // Machines of one's own have no instance type; without any label at all nothing is let through.
  const blind = lacking.filter(({ labels, providerId }) => providerId !== null || Object.keys(labels).length === 0);
  const [first] = blind;
  if (first === undefined) return [];
  return [
    issueOf(feed, {
      code: 'missing_allow_list',
      field: 'kube_node_labels',
      value: first.name,
      reason: 'says neither instance type nor capacity type of the node, so it has no list price',
      remedy: `Start kube-state-metrics with ${LABELS_FLAG}`,
      count: blind.length,
    }),
  ];
}

function gpuConflict(feed: string, { name, node, firstSeen, conflict }: TrackedHost, at: Instant): Issue[] {
  if (conflict === null || at - (node.created ?? firstSeen) < NEW_NODE_MS) return [];
  return [
    issueOf(feed, {
      code: 'gpu_count_conflict',
      field: 'kube_node_status_capacity',
      value: name,
      reason: conflict,
      remedy:
        'Look at the device plugin of this node; where GPUs are shared let nvidia.com/gpu.count and ' +
        'nvidia.com/gpu.replicas through: or declare the node under hosts with its gpus.',
    }),
  ];
}
