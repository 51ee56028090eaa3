import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod } from '../../../../exporter/src/facts/pod';
import type { DiscoveredHost } from '../../../../exporter/src/facts/host';
import { hourStart } from '../../../../exporter/src/units/interval';
import { clusterOf, MORNING, ReadCluster } from './made-cluster';

const FIXTURES = join(__dirname, '../../../fixtures/kubernetes');
const objects = (file: string): any[] => JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')).items;
const exposition = (name: string): string => readFileSync(join(FIXTURES, `kube_state_metrics__${name}.prom`), 'utf8');

/** The API's own words, read without anything of ours. */
const apiPods = objects('pods.json').map(({ metadata, spec, status }) => {
  const ended = status.containerStatuses.map((one: any) => one.state.terminated?.finishedAt).filter(Boolean);
  const { requests } = spec.containers[0].resources;
  const [owner] = metadata.ownerReferences;
  return {
    uid: metadata.uid as string,
    name: `${metadata.namespace}/${metadata.name}`,
    host: (spec.nodeName as string | undefined) ?? null,
    phase: status.phase as string,
    start: spec.nodeName && status.startTime ? Date.parse(status.startTime) : null,
    end: ended.length > 0 ? Date.parse(ended[0]) : null,
    gpus: Number(requests['nvidia.com/gpu'] ?? 0) + Number(requests['nvidia.com/mig-2g.10gb'] ?? 0) * (2 / 7),
    vcpus: Number(requests.cpu),
    memory: requests.memory.endsWith('Gi')
      ? Number.parseInt(requests.memory, 10) * 2 ** 30
      : Number.parseInt(requests.memory, 10) * 1e6,
    owner: `${owner.kind} ${owner.name}`,
    annotations: metadata.annotations as { [key: string]: string },
  };
});

const apiNodes = objects('nodes.json').map(({ metadata, spec, status }) => ({
  name: metadata.name as string,
  labels: metadata.labels as { [key: string]: string },
  providerId: spec.providerID as string,
  vcpus: Number(status.capacity.cpu),
  memory: Number.parseInt(status.capacity.memory, 10) * 2 ** 30,
}));

function read(name: string): { pods: Map<string, Pod>; hosts: Map<string, DiscoveredHost> } {
  const { pods, hosts } = new ReadCluster().read(MORNING, exposition(name));
  return {
    pods: new Map(pods.map((pod) => [pod.ref.uid, pod])),
    hosts: new Map(hosts.map((host) => [host.name, host])),
  };
}

describe.each(['no_allowlist', 'allowlist', 'star'])('The recorded cluster under %s', (name) => {
  const { pods, hosts } = read(name);

  it('is read without a rejected sample', () => {
    const { rows, dropped, issues } = clusterOf(exposition(name));
    expect([rows.rejected, dropped, issues]).toEqual([0, {}, []]);
  });

  it('has the pods of the API, and no others', () => {
    expect([...pods.keys()].sort()).toEqual(apiPods.map(({ uid }) => uid).sort());
  });

  it.each(apiPods)('shows $name as the API does', (api) => {
    const pod = pods.get(api.uid)!;
    expect({
      name: `${pod.ref.namespace}/${pod.ref.name}`,
      host: pod.host,
      phase: pod.phase,
      start: pod.start,
      end: pod.end,
      vcpus: Number(pod.held.vcpus) / 1000,
      memory: Number(pod.held.memory),
      cluster: pod.cluster,
      estimated: pod.endEstimated,
      lastSeen: pod.lastSeen,
    }).toEqual({
      name: api.name,
      host: api.host,
      phase: api.phase,
      start: api.start,
      end: api.end,
      vcpus: api.vcpus,
      memory: api.memory,
      cluster: 'k8s',
      estimated: false,
      lastSeen: MORNING,
    });
    expect(Number(pod.held.gpus) / 1e9).toBeCloseTo(api.gpus, 8);
    const byLabel = name === 'star' && api.owner === 'ReplicaSet bert-endpoint-6d5f';
    expect(`${pod.owner?.kind} ${pod.owner?.name}`).toBe(byLabel ? 'Deployment bert-endpoint' : api.owner);
  });

  it.each(apiPods)('gives $name the identity that its annotations give, where they are let through', (api) => {
    const { annotations } = api;
    const told = (key: string): string | null => annotations[`metaflow/${key}`] || null;
    const expected =
      name === 'no_allowlist' || told('flow_name') === null
        ? null
        : {
            flow: told('flow_name'),
            run: told('run_id'),
            step: told('step_name'),
            task: told('task_id'),
            attempt: Number(told('attempt')),
            user: told('user'),
            project: told('project_name'),
          };
    expect(pods.get(api.uid)!.identity).toEqual(expected);
  });

  it('lets no production token through', () => {
    const text = JSON.stringify([...pods.values()], (_, value) => (typeof value === 'bigint' ? `${value}` : value));
    expect(text).not.toMatch(/forecast-0|production_token/);
  });

  it('knows its nodes: size, provider and id; without labels nothing more', () => {
    const sizes = [...hosts.values()].map(({ name: node, vcpus, memory }) => [
      node,
      Number(vcpus) / 1000,
      Number(memory),
    ]);
    expect(sizes.sort()).toEqual(apiNodes.map((api) => [api.name, api.vcpus, api.memory]).sort());
    for (const { name: node, providerId, labels } of apiNodes) {
      const host = hosts.get(node)!;
      const type = labels['node.kubernetes.io/instance-type'];
      expect([host.feed, host.from, host.to]).toEqual(['k8s', hourStart(MORNING), null]);
      expect(providerId.toLowerCase()).toContain(host.billingResourceId);
      expect(host.instanceType).toBe(name === 'no_allowlist' ? null : type);
    }
  });
});

describe('The recorded nodes', () => {
  it('are these hosts', () => {
    const { hosts } = read('star');
    const rows = [...hosts.values()].map((host) =>
      [
        host.name,
        host.provider,
        host.region,
        host.zone,
        host.instanceType,
        host.capacityType,
        Number(host.gpus) / 1e9,
        host.billingResourceId,
        host.internalIp,
      ].join(' | '),
    );
    const [gke, ec2] = ['gke-ml-pool-a100-1', '.ec2.internal | aws | us-east-1'];
    const azure =
      '/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/ml/providers/microsoft.compute' +
      '/virtualmachinescalesets/gpu/virtualmachines/0';
    expect(rows.sort()).toEqual(
      [
        `aks-gpu-0 | azure | eastus | eastus-1 | Standard_NC24ads_A100_v4 | spot | 1 | ${azure} | 10.0.0.91`,
        // Four 2g instances do not fit on one A100: the recording is made up here, and the slices ask for two.
        `${gke} | gcp | us-central1 | us-central1-b | a2-highgpu-1g | spot | 2 | ${gke} | 10.0.0.146`,
        `ip-10-0-1-10${ec2} | us-east-1a | p4d.24xlarge | on_demand | 8 | i-0aaa1111bbb2222cc | 10.0.0.89`,
        `ip-10-0-1-11${ec2} | us-east-1a | p4d.24xlarge | spot | 8 | i-0ddd3333eee4444ff | 10.0.0.105`,
        `ip-10-0-2-20${ec2} | us-east-1b | g5.2xlarge | spot | 1 | i-0123456789abcdef0 | 10.0.0.109`,
      ].sort(),
    );
  });
});

const UPSTREAM = join(__dirname, '../../../../../shared/data/telemetry');
const upstream = (kind: string): string =>
  readFileSync(join(UPSTREAM, `kube_state_metrics__${kind}__upstream_test_expectations.prom`), 'utf8');

if (!existsSync(UPSTREAM)) {
  process.stdout.write('skipped: ../shared/data/telemetry is not beside this repository\n');
} else {
  describe('What the unit tests of kube-state-metrics expect it to print', () => {
    it('is read as nodes: the one without a name is refused', () => {
      const { snapshot, dropped } = clusterOf(upstream('node'));
      const node = snapshot.nodes.get('127.0.0.1')!;
      expect([...snapshot.nodes.keys()]).toEqual(['127.0.0.1']);
      expect(dropped).toEqual({ no_node: 1 });
      expect([node.providerId, node.systemUuid, node.internalIp, node.created]).toEqual([
        'provider://i-randomidentifier',
        '6a934e21-5207-4a84-baea-3a952d926c80',
        '1.2.3.4',
        1_500_000_000_000,
      ]);
      expect(Object.fromEntries(node.capacity)).toEqual({
        cpu: 4.3,
        ephemeral_storage: 4e9,
        memory: 2e9,
        nvidia_com_gpu: 4,
        pods: 1000,
        storage: 3e9,
      });
    });

    it('is read as pods: requests by the rule of init containers, phases by the series that is 1', () => {
      const { snapshot } = clusterOf(upstream('pod'));
      const requests = Object.fromEntries(snapshot.pods.get('uid1')!.requests);
      expect(requests).toEqual({ cpu: 0.5, ephemeral_storage: 3e8, memory: 3e8, nvidia_com_gpu: 1, storage: 4e8 });
      expect(Object.fromEntries(snapshot.pods.get('uid2')!.requests)).toMatchObject({ cpu: 0.4, memory: 3e8 });
      const phases = ['uid1', 'uid2', 'uid3', 'uid4'].map((uid) => snapshot.pods.get(uid)?.phase);
      expect(phases).toEqual(['Running', 'Pending', 'Unknown', 'Running']);
      expect(snapshot.pods.get('uid1')).toMatchObject({ annotations: { app: 'example' }, labels: { app: 'example' } });
    });
  });
}
