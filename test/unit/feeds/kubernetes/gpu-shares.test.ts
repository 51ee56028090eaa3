import fc from 'fast-check';
import { migShare } from '../../../../exporter/src/facts/mig-profile';
import { gpusOfNode, heldOnNode } from '../../../../exporter/src/feeds/kubernetes/node-gpus';
import { gpusFromNanoGpus, NANO } from '../../../../exporter/src/units/quantity';

type Amounts = { readonly [resource: string]: number };
type Labels = { readonly [name: string]: string };

const node = (capacity: Amounts, labels: Labels = {}): { capacity: Map<string, number>; labels: Labels } => ({
  capacity: new Map(Object.entries(capacity)),
  labels,
});

describe('A MIG profile', () => {
  it.each([
    ['1g.5gb', null, 1, 7],
    ['nvidia_com_mig_2g_10gb', 'NVIDIA A100 SXM4 40GB', 2, 7],
    ['nvidia.com/mig-3g.71gb', 'NVIDIA H200', 3, 7],
    ['7g.180gb', 'NVIDIA B200', 7, 7],
    ['1g.10gb+me', 'NVIDIA H100 80GB HBM3', 1, 7],
    ['nvidia_com_mig_1g_10gb_me', null, 1, 7],
    ['nvidia_com_mig_1g_5gb_shared', null, 1, 7],
    ['1c.3g.20gb', null, 1, 7],
    ['1g.6gb', 'NVIDIA A30', 1, 4],
    ['mig-2g.12gb', null, 2, 4],
    ['4g.24gb', null, 4, 4],
    ['1g.24gb', 'NVIDIA-RTX-PRO-6000-Blackwell-Server-Edition', 1, 4],
    ['1g.24gb', 'NVIDIA GB200', 1, 7],
  ])('%s on %s is %i of %i', (profile, model, slices, total) => {
    expect(migShare(profile, model)).toEqual({ slices, total });
  });

  it.each(['', 'nvidia_com_gpu', 'A100', '0g.5gb', '12345g.5gb', 'big.gb'])('is not %j', (text) => {
    expect(migShare(text, null)).toBeNull();
  });
});

const TWICE = { nvidia_com_gpu_replicas: '4', nvidia_com_gpu_sharing_strategy: 'time-slicing' };
const A100 = 'NVIDIA-A100-SXM4-40GB';

describe('The physical GPUs of a node', () => {
  it.each<[string, Amounts, Labels, number, string | null]>([
    ['whole GPUs', { nvidia_com_gpu: 8 }, { nvidia_com_gpu_product: A100 }, 8, 'NVIDIA A100 SXM4 40GB'],
    ['AMD', { amd_com_gpu: 8 }, {}, 8, null],
    ['none', { cpu: 8 }, {}, 0, null],
    ['time-slicing, replicas told', { nvidia_com_gpu: 16 }, TWICE, 4, null],
    [
      'MPS, by the count',
      { nvidia_com_gpu: 16 },
      { nvidia_com_gpu_count: '4', nvidia_com_gpu_sharing_strategy: 'mps' },
      4,
      null,
    ],
    [
      'shared under its own name',
      { nvidia_com_gpu_shared: 8 },
      { nvidia_com_gpu_replicas: '8', nvidia_com_gpu_product: 'Tesla-T4-SHARED' },
      1,
      'Tesla T4',
    ],
    [
      'some shared, some not',
      { nvidia_com_gpu_shared: 8, nvidia_com_gpu: 2 },
      { nvidia_com_gpu_replicas: '4' },
      4,
      null,
    ],
    ['GKE time-sharing', { nvidia_com_gpu: 6 }, { cloud_google_com_gke_max_shared_clients_per_gpu: '3' }, 2, null],
    ['MIG, mixed', { nvidia_com_mig_1g_5gb: 7, nvidia_com_mig_3g_20gb: 2 }, {}, 2, null],
    ['MIG, mixed, 48 of 56 slices', { nvidia_com_mig_2g_10gb: 24 }, { nvidia_com_gpu_count: '8' }, 8, null],
    ['MIG beside whole GPUs', { nvidia_com_mig_7g_40gb: 4, nvidia_com_gpu: 4 }, {}, 8, null],
    [
      'MIG, single',
      { nvidia_com_gpu: 14 },
      { nvidia_com_gpu_product: `${A100}-MIG-1g.5gb`, nvidia_com_gpu_count: '14' },
      2,
      'NVIDIA A100 SXM4 40GB',
    ],
    ['MIG of an A30', { nvidia_com_mig_1g_6gb: 4 }, { nvidia_com_gpu_product: 'NVIDIA-A30' }, 1, 'NVIDIA A30'],
    [
      'MIG, each slice time-sliced',
      { nvidia_com_mig_1g_5gb_shared: 14 },
      { nvidia_com_mig_1g_5gb_replicas: '2' },
      1,
      null,
    ],
    ['GKE partitions', { nvidia_com_gpu: 7 }, { cloud_google_com_gke_gpu_partition_size: '1g.5gb' }, 1, null],
    ['more by the count than by the device plugin', { nvidia_com_gpu: 6 }, { nvidia_com_gpu_count: '8' }, 8, null],
    ['a device that is no GPU', { nvidia_com_gpu_memory: 40, rdma_ib: 8 }, {}, 0, null],
  ])('%s', (_, capacity, labels, gpus, model) => {
    const found = gpusOfNode(node(capacity, labels));
    expect([gpusFromNanoGpus(found.gpus), found.model]).toEqual([gpus, model]);
  });

  it.each<[string, Amounts, Labels, RegExp | null]>([
    ['agree', { nvidia_com_gpu: 8 }, { nvidia_com_gpu_count: '8' }, null],
    ['are not told twice', { nvidia_com_gpu: 8 }, {}, null],
    [
      'R11: 0 by the device plugin, 8 by the count',
      { nvidia_com_gpu: 0 },
      { nvidia_com_gpu_count: '8' },
      /offers 0 GPUs and is labeled with 8/,
    ],
    [
      'R11: 0 beside a product',
      { cpu: 96 },
      { nvidia_com_gpu_product: A100 },
      /offers 0 GPUs and is labeled nvidia.com\/gpu.product/,
    ],
    [
      'R11: 0 where the instance type has some',
      { cpu: 96 },
      { karpenter_k8s_aws_instance_gpu_count: '8' },
      /labeled with 8/,
    ],
    ['shared by nobody knows how many', { nvidia_com_gpu_shared: 8 }, {}, /no label says how many replicas/],
    ['a node that is labeled to have none', { cpu: 8 }, { nvidia_com_gpu_present: 'false' }, null],
  ])('contradict themselves or not: %s', (_, capacity, labels, conflict) => {
    const found = gpusOfNode(node(capacity, labels)).conflict;
    if (conflict === null) expect(found).toBeNull();
    else expect(found).toMatch(conflict);
  });
});

describe('What a pod holds', () => {
  it.each<[string, Amounts, ReturnType<typeof node> | null, bigint, boolean]>([
    ['whole GPUs', { nvidia_com_gpu: 4 }, node({ nvidia_com_gpu: 8 }), 4n * NANO, false],
    ['no GPU', { cpu: 4 }, node({ nvidia_com_gpu: 8 }), 0n, false],
    ['two sevenths', { nvidia_com_mig_2g_10gb: 1 }, node({ nvidia_com_mig_2g_10gb: 3 }), 285_714_285n, false],
    ['three instances', { nvidia_com_mig_2g_10gb: 3 }, node({ nvidia_com_mig_2g_10gb: 3 }), 857_142_857n, false],
    ['half an A30', { nvidia_com_mig_2g_12gb: 1 }, null, 500_000_000n, false],
    [
      'an instance under the plain name',
      { nvidia_com_gpu: 1 },
      node({ nvidia_com_gpu: 7 }, { nvidia_com_gpu_product: `${A100}-MIG-1g.5gb` }),
      142_857_142n,
      false,
    ],
    ['one replica of four', { nvidia_com_gpu: 1 }, node({ nvidia_com_gpu: 16 }, TWICE), 250_000_000n, true],
    ['two replicas of four', { nvidia_com_gpu: 2 }, node({ nvidia_com_gpu: 16 }, TWICE), 500_000_000n, true],
    [
      'a replica by capacity and count',
      { nvidia_com_gpu: 1 },
      node({ nvidia_com_gpu: 16 }, { nvidia_com_gpu_count: '4' }),
      250_000_000n,
      true,
    ],
    [
      'a replica of an instance',
      { nvidia_com_mig_1g_5gb_shared: 1 },
      node({ nvidia_com_mig_1g_5gb_shared: 14 }, { nvidia_com_mig_1g_5gb_replicas: '2' }),
      71_428_571n,
      true,
    ],
    [
      'a replica of nobody knows how many',
      { nvidia_com_gpu_shared: 1 },
      node({ nvidia_com_gpu_shared: 8 }),
      125_000_000n,
      true,
    ],
    [
      'a whole GPU beside shared ones',
      { nvidia_com_gpu: 1 },
      node({ nvidia_com_gpu: 2, nvidia_com_gpu_shared: 8 }, { nvidia_com_gpu_replicas: '4' }),
      NANO,
      false,
    ],
    ['a renamed GPU', { nvidia_com_gpu_large: 1 }, node({ nvidia_com_gpu_large: 2 }), NANO, false],
    ['an AMD GPU', { amd_com_gpu: 2 }, node({ amd_com_gpu: 8 }), 2n * NANO, false],
  ])('%s', (_, requests, on, gpus, shared) => {
    const { held, shared: isShared } = heldOnNode(new Map(Object.entries(requests)), on);
    expect([held.gpus, isShared]).toEqual([gpus, shared]);
  });

  it('counts vCPUs in thousandths and memory in bytes', () => {
    const { held } = heldOnNode(new Map(Object.entries({ cpu: 0.2, memory: 1.28e11 })), null);
    expect([held.vcpus, held.memory, held.source]).toEqual([200n, 128_000_000_000n, 'allocation']);
  });

  it('never adds up to more than the node has, however a GPU is cut', () => {
    const cut = fc.record({ replicas: fc.integer({ min: 2, max: 48 }), gpus: fc.integer({ min: 1, max: 16 }) });
    fc.assert(
      fc.property(cut, ({ replicas, gpus }) => {
        const on = node({ nvidia_com_gpu: gpus * replicas }, { nvidia_com_gpu_replicas: String(replicas) });
        const one = heldOnNode(new Map([['nvidia_com_gpu', 1]]), on).held.gpus;
        expect(one * BigInt(gpus * replicas)).toBeLessThanOrEqual(gpusOfNode(on).gpus);
      }),
    );
  });
});
