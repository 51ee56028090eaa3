import {
  newCluster,
  track,
  type ClusterChanges,
  type ClusterState,
} from '../../../../exporter/src/feeds/kubernetes/cluster-tracker';
import { parseCluster, type ParsedCluster } from '../../../../exporter/src/feeds/kubernetes/parse-cluster';
import { parseExposition } from '../../../../exporter/src/feeds/scrape/parse-exposition';
import type { Instant } from '../../../../exporter/src/units/interval';

/** The start of the recorded cluster's morning. */
export const MORNING: Instant = Date.UTC(2026, 10, 21, 4, 0, 0);

/** Reads an exposition of text lines as received at `at`. */
export function clusterOf(text: string, at: Instant = MORNING): ParsedCluster {
  const exposition = parseExposition(text, { contentType: null, receivedAt: at, sampleLimit: 1_000_000 });
  return parseCluster(exposition, { feed: 'k8s', receivedAt: at });
}

/** A pod to be made up; times in ms, what is left out is not exported. */
export type MadePod = {
  readonly name: string;
  readonly uid?: string;
  readonly namespace?: string;
  readonly node?: string;
  readonly phase?: string;
  readonly start?: Instant;
  readonly created?: Instant;
  readonly completed?: Instant;
  readonly deletion?: Instant;
  readonly terminated?: Instant;
  readonly containerStarted?: Instant;
  readonly requests?: { readonly [resource: string]: number };
  readonly init?: { readonly [resource: string]: number };
  readonly annotations?: { readonly [label: string]: string };
  readonly labels?: { readonly [label: string]: string };
};

/** A node to be made up. */
export type MadeNode = {
  readonly name: string;
  readonly providerId?: string;
  readonly uuid?: string;
  readonly ip?: string;
  readonly created?: Instant;
  readonly capacity?: { readonly [resource: string]: number };
  readonly labels?: { readonly [label: string]: string };
};

type Labels = { readonly [label: string]: string };

const series = (name: string, labels: Labels, value: number): string =>
  `${name}{${Object.entries(labels)
    .map(([label, text]) => `${label}="${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`)
    .join(',')}} ${value}\n`;

/** What kube-state-metrics would print of these pods and nodes. */
export function exposed({ pods = [], nodes = [] }: { pods?: readonly MadePod[]; nodes?: readonly MadeNode[] }): string {
  const kinds = ['kube_pod_info', 'kube_pod_container_resource_requests', 'kube_node_info'];
  const heads = kinds.map((kind) => `# TYPE ${kind} gauge\n`);
  return [...heads, ...pods.map(podLines), ...nodes.map(nodeLines)].join('');
}

function podLines(pod: MadePod): string {
  const { name, uid = `uid-${name}`, namespace = 'ml', node = '', phase = 'Running', annotations } = pod;
  const own = { namespace, pod: name, uid };
  const times: [string, Instant | undefined, Labels][] = [
    ['kube_pod_created', pod.created, own],
    ['kube_pod_start_time', pod.start, own],
    ['kube_pod_completion_time', pod.completed, own],
    ['kube_pod_deletion_timestamp', pod.deletion, own],
    ['kube_pod_container_state_started', pod.containerStarted, { ...own, container: 'main' }],
    ['kube_pod_container_status_last_terminated_timestamp', pod.terminated, { ...own, container: 'main' }],
  ];
  const requests = (kind: string, amounts: MadePod['requests'] = {}): string[] =>
    Object.entries(amounts).map(([resource, amount]) => {
      const unit = { cpu: 'core', memory: 'byte' }[resource] ?? 'integer';
      return series(`kube_pod_${kind}_resource_requests`, { ...own, container: 'main', node, resource, unit }, amount);
    });
  return [
    series('kube_pod_info', { ...own, node }, 1),
    ...['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'].map((one) =>
      series('kube_pod_status_phase', { ...own, phase: one }, one === phase ? 1 : 0),
    ),
    ...times.flatMap(([kind, time, labels]) => (time === undefined ? [] : [series(kind, labels, time / 1000)])),
    ...requests('container', pod.requests),
    ...requests('init_container', pod.init),
    ...(annotations ? [series('kube_pod_annotations', { ...own, ...annotations }, 1)] : []),
    ...(pod.labels ? [series('kube_pod_labels', { ...own, ...pod.labels }, 1)] : []),
  ].join('');
}

function nodeLines(node: MadeNode): string {
  const { name, providerId = '', uuid = '', ip = '', created, capacity = {}, labels } = node;
  const identity = { provider_id: providerId, system_uuid: uuid, internal_ip: ip };
  return [
    series('kube_node_info', { node: name, ...identity }, 1),
    ...(created === undefined ? [] : [series('kube_node_created', { node: name }, created / 1000)]),
    ...Object.entries(capacity).map(([resource, amount]) =>
      series('kube_node_status_capacity', { node: name, resource, unit: 'integer' }, amount),
    ),
    ...(labels ? [series('kube_node_labels', { node: name, ...labels }, 1)] : []),
  ].join('');
}

/** A cluster that is read again and again, by hand. */
export class ReadCluster {
  state: ClusterState;

  constructor(intervalMs = 30_000) {
    this.state = newCluster('k8s', intervalMs);
  }

  /** Reads one target at `at`; returns what that changed. */
  read(at: Instant, text: string, target = 'http://ksm:8080/metrics'): ClusterChanges {
    const { snapshot } = clusterOf(text, at);
    const { state, changes } = track(this.state, { target, snapshot, at });
    this.state = state;
    return changes;
  }

  /** The pod as it was told last. */
  pod(name: string): NonNullable<ReturnType<ClusterState['pods']['get']>>['pod'] {
    return [...this.state.pods.values()].find(({ pod }) => pod?.ref.name === name)?.pod ?? null;
  }
}
