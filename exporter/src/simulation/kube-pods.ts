import type { Instant } from '../units/interval';
import { goNumber, kubernetesLabel, type PrintedFamily, type PrintedSample } from './exposition-text';
import { migResource } from './kube-nodes';
import { type PodView, podAt } from './pod-view';
import type { SimulatedPod } from './world-facts';

type Labels = readonly (readonly [string, string])[];
type Rows = { readonly labels: Labels; readonly value?: number }[];

/** What the allow-list of annotations lets through. */
const ANNOTATIONS = ['attempt', 'flow_name', 'project_name', 'run_id', 'step_name', 'task_id', 'user'].map(
  (name) => `metaflow/${name}`,
);
/** What the allow-list of labels lets through. */
const LABELS = ['app', 'app.kubernetes.io/name', 'model_version', 'team'];

const MEGABYTE = 1_000_000;
const PHASES = ['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running'];

/** What kube-state-metrics says of pods at an instant, with our allow-lists. */
export function podFamilies(pods: readonly SimulatedPod[], at: Instant): PrintedFamily[] {
  const views = pods.map((pod) => podAt(pod, at)).filter((view) => view !== null);
  return FAMILIES.map(({ rows, ...family }) => ({
    ...family,
    type: 'gauge',
    samples: views.flatMap((view) => rows(view).map((row) => sampleOf(view, row))),
  }));
}

function sampleOf({ pod }: PodView, { labels, value = 1 }: Rows[number]): PrintedSample {
  const identity: Labels = [
    ['namespace', pod.namespace],
    ['pod', pod.name],
    ['uid', pod.uid],
  ];
  return { labels: [...identity, ...labels], value: goNumber(value) };
}

/** One row with the time in unix seconds; none where there is no time. */
const timeRow = (at: Instant | null, labels: Labels = []): Rows => (at === null ? [] : [{ labels, value: at / 1000 }]);

const nodeOf = ({ pod, scheduled }: PodView): string => (scheduled ? pod.host.name : '');

const container = ({ pod }: PodView): [string, string] => ['container', pod.container];

/** Keys that are let through and present, as labels in their order. */
function letThrough(
  kind: 'label' | 'annotation',
  keys: readonly string[],
  map: { readonly [key: string]: string },
): Rows {
  const labels = keys.flatMap((key) => {
    const value = map[key];
    return value === undefined ? [] : [[kubernetesLabel(kind, key), value] as const];
  });
  return [{ labels }];
}

function requestsOf(view: PodView): Rows {
  const { pod } = view;
  const row = (resource: string, unit: string, value: number): Rows[number] => ({
    labels: [container(view), ['node', nodeOf(view)], ['resource', resource], ['unit', unit]],
    value,
  });
  const profile = pod.migInstance === null ? null : pod.host.mig!.profile;
  return [
    row('cpu', 'core', pod.vcpus),
    row('memory', 'byte', pod.memoryMegabytes * MEGABYTE),
    ...(pod.gpus.length > 0 ? [row('nvidia_com_gpu', 'integer', pod.gpus.length)] : []),
    ...(profile === null ? [] : [row(migResource(profile), 'integer', 1)]),
  ];
}

const stateRow =
  (isSo: (view: PodView) => boolean) =>
  (view: PodView): Rows => [{ labels: [container(view)], value: isSo(view) ? 1 : 0 }];

const FAMILIES: readonly { readonly name: string; readonly help: string; readonly rows: (view: PodView) => Rows }[] = [
  {
    name: 'kube_pod_completion_time',
    help: '[STABLE] Completion time in unix timestamp for a pod.',
    rows: ({ end }) => timeRow(end),
  },
  {
    name: 'kube_pod_container_resource_requests',
    help:
      '[STABLE] The number of requested request resource by a container. It is recommended to use the ' +
      'kube_pod_resource_requests metric exposed by kube-scheduler instead, as it is more precise.',
    rows: requestsOf,
  },
  {
    name: 'kube_pod_container_state_started',
    help: '[STABLE] Start time in unix timestamp for a pod container.',
    rows: (view) => timeRow(view.containerStart, [container(view)]),
  },
  {
    name: 'kube_pod_container_status_running',
    help: '[STABLE] Describes whether the container is currently in running state.',
    rows: stateRow(({ phase }) => phase === 'Running'),
  },
  {
    name: 'kube_pod_container_status_terminated',
    help: '[STABLE] Describes whether the container is currently in terminated state.',
    rows: stateRow(({ end }) => end !== null),
  },
  {
    name: 'kube_pod_container_status_terminated_reason',
    help: 'Describes the reason the container is currently in terminated state.',
    rows: (view) => (view.end === null ? [] : [{ labels: [container(view), ['reason', view.pod.reason]] }]),
  },
  {
    name: 'kube_pod_created',
    help: '[STABLE] Unix creation timestamp',
    rows: ({ pod }) => timeRow(pod.created),
  },
  { name: 'kube_pod_deletion_timestamp', help: 'Unix deletion timestamp', rows: () => [] },
  {
    name: 'kube_pod_info',
    help: '[STABLE] Information about pod.',
    rows: (view) => [
      {
        labels: [
          ['host_ip', view.scheduled ? view.pod.host.internalIp : ''],
          ['pod_ip', ''],
          ['node', nodeOf(view)],
          ['created_by_kind', view.pod.owner.kind],
          ['created_by_name', view.pod.owner.name],
          ['priority_class', ''],
          ['host_network', 'false'],
        ],
      },
    ],
  },
  {
    name: 'kube_pod_annotations',
    help: 'Kubernetes annotations converted to Prometheus labels.',
    rows: ({ pod }) => letThrough('annotation', ANNOTATIONS, pod.annotations),
  },
  {
    name: 'kube_pod_labels',
    help: '[STABLE] Kubernetes labels converted to Prometheus labels.',
    rows: ({ pod }) => letThrough('label', LABELS, pod.labels),
  },
  {
    name: 'kube_pod_owner',
    help: "[STABLE] Information about the Pod's owner.",
    rows: ({ pod }) => [
      {
        labels: [
          ['owner_kind', pod.owner.kind],
          ['owner_name', pod.owner.name],
          ['owner_is_controller', 'true'],
        ],
      },
    ],
  },
  {
    name: 'kube_pod_start_time',
    help: '[STABLE] Start time in unix timestamp for a pod.',
    rows: ({ pod, scheduled }) => timeRow(scheduled ? pod.start : null),
  },
  {
    name: 'kube_pod_status_phase',
    help: '[STABLE] The pods current phase.',
    rows: ({ phase }) => PHASES.map((name) => ({ labels: [['phase', name]], value: name === phase ? 1 : 0 })),
  },
];
