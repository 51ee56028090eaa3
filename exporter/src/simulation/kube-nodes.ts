import type { Instant } from '../units/interval';
import { goNumber, kubernetesLabel, type PrintedFamily, type PrintedSample } from './exposition-text';
import { existsAt } from './host-plan';
import type { SimulatedHost } from './world-facts';

const GIB = 1_073_741_824;
/** A node object outlives its machine by this, in the condition Ready=unknown. */
const LINGERS_MS = 60_000;
const PODS_PER_NODE = 110;

/** What kube-state-metrics says of nodes, its label allow-list naming instance type, capacity type, zone and GPU. */
export function nodeFamilies(hosts: readonly SimulatedHost[], at: Instant): PrintedFamily[] {
  const known = hosts.filter(({ from, to }) => from <= at && (to === null || at < to + LINGERS_MS));
  const one = (host: SimulatedHost, labels: readonly (readonly [string, string])[], value = 1): PrintedSample => ({
    labels: [['node', host.name], ...labels],
    value: goNumber(value),
  });
  return [
    gauge(
      'kube_node_created',
      '[STABLE] Unix creation timestamp',
      known.map((host) => one(host, [], host.from / 1000)),
    ),
    gauge('kube_node_deletion_timestamp', 'Unix deletion timestamp', []),
    gauge(
      'kube_node_info',
      '[STABLE] Information about a cluster node.',
      known.map((host) => one(host, infoOf(host))),
    ),
    gauge(
      'kube_node_labels',
      '[STABLE] Kubernetes labels converted to Prometheus labels.',
      known.map((host) => one(host, labelsOf(host))),
    ),
    gauge(
      'kube_node_spec_unschedulable',
      '[STABLE] Whether a node can schedule new pods.',
      known.map((host) => one(host, [], host.cordoned ? 1 : 0)),
    ),
    gauge(
      'kube_node_status_allocatable',
      '[STABLE] The allocatable for different resources of a node that are available for scheduling.',
      known.flatMap((host) => resourcesOf(host).map(({ labels, value }) => one(host, labels, value))),
    ),
    gauge(
      'kube_node_status_capacity',
      '[STABLE] The capacity for different resources of a node.',
      known.flatMap((host) => resourcesOf(host).map(({ labels, value }) => one(host, labels, value))),
    ),
    gauge(
      'kube_node_status_condition',
      '[STABLE] The condition of a cluster node.',
      known.flatMap((host) => conditionsOf(host, at).map(([status, value]) => one(host, readyIs(status), value))),
    ),
  ];
}

const gauge = (name: string, help: string, samples: readonly PrintedSample[]): PrintedFamily => ({
  name,
  type: 'gauge',
  help,
  samples,
});

const infoOf = ({ zone, instanceId, internalIp }: SimulatedHost): [string, string][] => [
  ['kernel_version', '6.1.0'],
  ['os_image', 'Amazon Linux 2023'],
  ['container_runtime_version', 'containerd://1.7.11'],
  ['kubelet_version', 'v1.31.0'],
  ['kubeproxy_version', 'deprecated'],
  ['provider_id', `aws:///${zone}/${instanceId}`],
  ['pod_cidr', ''],
  ['system_uuid', ''],
  ['internal_ip', internalIp],
];

function labelsOf({ capacityType, instanceType, region, zone, gpuModel }: SimulatedHost): [string, string][] {
  const labels = {
    'karpenter.sh/capacity-type': capacityType === 'spot' ? 'spot' : 'on-demand',
    'node.kubernetes.io/instance-type': instanceType,
    'nvidia.com/gpu.product': gpuModel.replaceAll(' ', '-'),
    'topology.kubernetes.io/region': region,
    'topology.kubernetes.io/zone': zone,
  };
  return Object.entries(labels)
    .map(([key, value]): [string, string] => [kubernetesLabel('label', key), value])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

type Amount = { readonly labels: [string, string][]; readonly value: number };

function resourcesOf({ vcpus, memoryGib, gpuUuids, mig }: SimulatedHost): Amount[] {
  const amount = (resource: string, unit: string, value: number): Amount => ({
    labels: [
      ['resource', resource],
      ['unit', unit],
    ],
    value,
  });
  const whole = gpuUuids.length - (mig === null ? 0 : 1);
  return [
    amount('cpu', 'core', vcpus),
    amount('memory', 'byte', memoryGib * GIB),
    amount('pods', 'integer', PODS_PER_NODE),
    amount('nvidia_com_gpu', 'integer', whole),
    ...(mig === null ? [] : [amount(migResource(mig.profile), 'integer', mig.instances)]),
  ];
}

/** The resource of a MIG profile as kube-state-metrics spells it: `nvidia_com_mig_1g_5gb`. */
export function migResource(profile: string): string {
  return `nvidia_com_mig_${profile.replaceAll('.', '_')}`;
}

const readyIs = (status: string): [string, string][] => [
  ['condition', 'Ready'],
  ['status', status],
];

function conditionsOf(host: SimulatedHost, at: Instant): [string, number][] {
  const isReady = existsAt(host, at);
  return [
    ['true', isReady ? 1 : 0],
    ['false', 0],
    ['unknown', isReady ? 0 : 1],
  ];
}
