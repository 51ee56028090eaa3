import { loadConfig } from '../../../exporter/src/config';
import { estateFromConfig } from '../../../exporter/src/cli/estate-from-config';
import type { Estate } from '../../../exporter/src/cycles/estate';
import type { KeptCluster, KeptGpus } from '../../../exporter/src/cycles/feed-progress';
import type { GpuSample } from '../../../exporter/src/facts/gpu-sample';
import type { DiscoveredHost } from '../../../exporter/src/facts/host';
import type { FeedHealth } from '../../../exporter/src/facts/published';
import type { Pod, PodIdentity } from '../../../exporter/src/facts/pod';
import type { Instant } from '../../../exporter/src/units/interval';
import { nanoGpusFromGpus } from '../../../exporter/src/units/quantity';
import { DAWN, host, MINUTE_MS } from '../../support/view-estate';

const minute = (count: number): Instant => DAWN + count * MINUTE_MS;

/** What a cluster shows from now on; everything in it is handed over at the next take. */
export type ClusterScript = { readAt: Instant | null; pods: Pod[]; hosts: DiscoveredHost[] };

const health = (feed: string): FeedHealth[] => [
  {
    feed,
    up: true,
    lastSuccess: 0,
    lagSeconds: 0,
    rows: { accepted: 0, rejected: 0 },
    durationSeconds: 0,
    error: null,
  },
];

/** A cluster that shows what its script says. */
export function clusterOf(script: ClusterScript): KeptCluster {
  const source: KeptCluster['source'] = {
    name: 'cluster',
    start: () => undefined,
    stop: () => Promise.resolve(),
    health: () => health('cluster/ksm:8080'),
    take: () => {
      const { readAt, pods, hosts } = script;
      Object.assign(script, { pods: [], hosts: [] });
      return { cluster: 'cluster', readAt, pods, hosts, issues: [] };
    },
  };
  return { source, deployment: 'prod' };
}

/** GPU telemetry that brings what stands in the list. */
export function gpusOf(samples: GpuSample[]): KeptGpus {
  return {
    name: 'gpus',
    start: () => undefined,
    stop: () => Promise.resolve(),
    health: () => health('gpus/node-1:9400'),
    take: () => ({ samples: samples.splice(0), issues: [] }),
  };
}

/** An estate without declared hosts, in which a GPU of a node costs 8 $/h. */
export function clusterEstate(): Estate {
  const text = `
feeds: {metaflow: [{name: prod}], kubernetes: [{name: cluster, targets: ["ksm:8080"]}]}
rate_cards: [{name: v100, applies_to: {gpu_model: NVIDIA V100}, price_per_gpu_hour: 8}]
`;
  return estateFromConfig(loadConfig({ text, env: {} }).config!);
}

/** A node of four GPUs that was made at dawn. */
export function node(name: string, facts: Partial<DiscoveredHost> = {}): DiscoveredHost {
  const known = host(name, { gpus: nanoGpusFromGpus(4), gpuModel: 'NVIDIA V100', from: DAWN });
  return { ...known, feed: 'cluster', internalIp: '10.0.0.1', zone: null, billingResourceId: `i-${name}`, ...facts };
}

/** A pod that holds GPUs of node-1, from one minute of the dawn to another. */
export function pod(
  uid: string,
  facts: {
    from: number;
    to?: number;
    gpus?: number;
    of?: Partial<PodIdentity>;
    labels?: Pod['labels'];
    owner?: string;
  },
): Pod {
  const { from, to, gpus = 1, of, labels = {}, owner } = facts;
  const nobody = { step: null, task: null, attempt: null, user: null, project: null };
  return {
    cluster: 'cluster',
    ref: { uid, namespace: 'ml', name: `pod-${uid}` },
    host: 'node-1',
    phase: to === undefined ? 'Running' : 'Succeeded',
    start: minute(from),
    end: to === undefined ? null : minute(to),
    endEstimated: false,
    lastSeen: minute(to ?? from),
    held: { ...host('x'), gpus: nanoGpusFromGpus(gpus), source: 'allocation' } as unknown as Pod['held'],
    shared: false,
    identity: of ? { flow: 'F', run: '1', ...nobody, ...of } : null,
    owner: owner === undefined ? null : { kind: 'Deployment', name: owner },
    labels,
  };
}

/** One sample of a GPU of node-1 that a pod holds; it speaks for half a minute. */
export function sample(gpu: number, at: Instant, facts: Partial<GpuSample> & { uid?: string } = {}): GpuSample {
  const { uid, ...rest } = facts;
  return {
    host: 'node-1',
    device: { uuid: `GPU-${gpu}`, instance: '' },
    at,
    holdsMs: 30_000,
    activityPpm: 900_000,
    signal: 'gr_engine',
    powerMilliwatts: null,
    energyMillijoules: null,
    pods: uid === undefined ? [] : [{ uid, namespace: 'ml', name: `pod-${uid}` }],
    model: null,
    profile: null,
    ...rest,
  };
}
