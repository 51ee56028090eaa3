import { type MigShare, migShare } from '../../facts/mig-profile';
import type { HeldResources } from '../../facts/attempt';
import { divideFloor } from '../../units/divide';
import { bytes, type Bytes, milliVcpusFromVcpus, NANO, nanoGpus, type NanoGpus } from '../../units/quantity';
import type { Amounts, SeenNode } from './cluster-snapshot';
import { type NamedValues, textOf, valueOf } from './ksm-name';
import { NODE_KEYS } from './well-known-keys';

/** One device of a resource is `parts` of `of` parts of a physical GPU. */
type DeviceShare = {
  readonly parts: number;
  readonly of: number;
  readonly mig: boolean;
  readonly shared: boolean;
  /** Nothing says how many replicas a GPU has: all of the node's were taken for one GPU's. */
  readonly assumed: boolean;
};

/** What a node's capacity and labels say of its GPUs. */
export type NodeGpus = {
  readonly gpus: NanoGpus;
  readonly model: string | null;
  /** How capacity and labels contradict each other; null where they agree. */
  readonly conflict: string | null;
};

// Whole, shared or renamed: `nvidia_com_gpu`, `nvidia_com_gpu_shared`, `amd_com_gpu`; not `nvidia_com_gpu_memory`.
const GPU = /^(?:nvidia|amd)_com_gpu(?:_(?!mem|core|percent).+)?$/;
const MIG = /^nvidia_com_mig_/;
const SHARED = /_shared$/;

/**
 * A node's physical GPUs: replicas of time-slicing and MPS are not GPUs, nor are MIG instances. Where gpu.count, the
 * count of GPU feature discovery, is higher than what the device plugin offers, it stands and the conflict is told.
 */
export function gpusOfNode({ capacity, labels }: Pick<SeenNode, 'capacity' | 'labels'>): NodeGpus {
  const offered = [...capacity].flatMap(([resource, devices]) => {
    const share = devices > 0 ? deviceShare(resource, { capacity, labels }) : null;
    return share === null ? [] : [{ devices, share }];
  });
  const whole = offered.filter(({ share }) => !share.mig).reduce((sum, one) => sum + physical([one]), 0);
  const sum = whole + physical(offered.filter(({ share }) => share.mig));
  const told = countedGpus(labels) ?? 0;
  const migged = offered.some(({ share }) => share.mig);
  const gpus = Math.max(sum, told);
  const model = gpus === 0 ? null : gpuModelOf(labels);
  const assumed = offered.some(({ share }) => share.assumed);
  return {
    gpus: nanoGpus(BigInt(gpus) * NANO),
    model,
    conflict: assumed ? REPLICAS_UNKNOWN : conflictOf({ sum, told, migged, labels }),
  };
}

const REPLICAS_UNKNOWN = 'offers shared GPUs, and no label says how many replicas one GPU has: taken for one GPU';

function conflictOf(of: { sum: number; told: number; migged: boolean; labels: NamedValues }): string | null {
  const { sum, told, migged, labels } = of;
  if (told > sum && !migged) return `offers ${sum} GPUs and is labeled with ${told}`;
  const signs = [NODE_KEYS.gpuProduct, NODE_KEYS.gpuPresent, NODE_KEYS.gkeAccelerator];
  const sign = signs.find((key) => ![null, 'false'].includes(textOf(labels, key)));
  return sum === 0 && sign !== undefined ? `offers 0 GPUs and is labeled ${sign}=${textOf(labels, sign)}` : null;
}

function physical(offered: readonly { devices: number; share: DeviceShare }[]): number {
  const gpus = offered.reduce((sum, { devices, share }) => sum + (devices * share.parts) / share.of, 0);
  // 7 × (1/7) of a GPU is one GPU, whatever floats say.
  return Math.ceil(gpus - 1e-9);
}

/**
 * What a pod holds of its node: physical GPUs (a fraction of an instance or replica rounds down at 10⁻⁹, so that the
 * parts of a GPU never exceed it), vCPUs and memory; and whether its GPU is shared with others. The node is null while
 * it is not known: then replicas count as whole GPUs.
 */
export function heldOnNode(
  requests: Amounts,
  node: Pick<SeenNode, 'capacity' | 'labels'> | null,
): { held: HeldResources; shared: boolean } {
  let gpus = 0n;
  let shared = false;
  for (const [resource, devices] of requests) {
    const share = devices > 0 ? deviceShare(resource, node ?? NO_NODE) : null;
    if (share === null) continue;
    gpus += divideFloor(BigInt(Math.round(devices)) * BigInt(share.parts) * NANO, BigInt(share.of));
    shared ||= share.shared;
  }
  return {
    held: {
      gpus: nanoGpus(gpus),
      vcpus: milliVcpusFromVcpus(requests.get('cpu') ?? 0),
      memory: memoryOf(requests) ?? bytes(0n),
      source: 'allocation',
    },
    shared,
  };
}

const NO_NODE = { capacity: new Map<string, number>(), labels: {} };

/** The memory among these amounts; null when there is none. */
export function memoryOf(amounts: Amounts): Bytes | null {
  const memory = amounts.get('memory');
  return memory === undefined ? null : bytes(BigInt(Math.round(memory)));
}

function deviceShare(resource: string, node: Pick<SeenNode, 'capacity' | 'labels'>): DeviceShare | null {
  const isMig = MIG.test(resource);
  if (!isMig && !GPU.test(resource)) return null;
  const slice = isMig ? migShare(resource, gpuModelOf(node.labels)) : sliceBehindPlainName(resource, node.labels);
  if (isMig && slice === null) return null;
  const { slices, total } = slice ?? { slices: 1, total: 1 };
  const replicas = replicasOf(resource, { ...node, slice });
  return {
    parts: slices,
    of: total * (replicas ?? 1),
    mig: slice !== null,
    shared: replicas !== 1,
    assumed: replicas === null,
    ...(replicas === null && (node.capacity.get(resource) ?? 0) > 0 && { of: total * node.capacity.get(resource)! }),
  };
}

/** MIG's single strategy and GKE's partitions offer instances under the name of whole GPUs. */
function sliceBehindPlainName(resource: string, labels: NamedValues): MigShare | null {
  if (!resource.startsWith('nvidia_com_gpu')) return null;
  const partition = textOf(labels, NODE_KEYS.gkePartition) ?? productOf(labels).profile;
  return partition === null ? null : migShare(partition, gpuModelOf(labels));
}

type ReplicaPlace = Pick<SeenNode, 'capacity' | 'labels'> & { readonly slice: MigShare | null };

/** How many replicas one device has: 1 where it is not shared, null where it is and nothing says by how many. */
function replicasOf(resource: string, { capacity, labels, slice }: ReplicaPlace): number | null {
  const base = resource.replace(SHARED, '');
  const renamed = base !== resource;
  if (!renamed && capacity.has(`${resource}_shared`)) return 1;
  const isMig = MIG.test(resource);
  if (!isMig && !base.startsWith('nvidia_com_gpu')) return 1;
  const told = isMig
    ? wholeOf(valueOf(labels, `${base}_replicas`))
    : (wholeOf(textOf(labels, NODE_KEYS.gpuReplicas)) ?? wholeOf(textOf(labels, NODE_KEYS.gkeClientsPerGpu)));
  if (told !== null && told > 1) return told;
  const devices = capacity.get(resource) ?? 0;
  const count = isMig ? wholeOf(valueOf(labels, `${base}_count`)) : slice === null ? countedGpus(labels) : null;
  if (count !== null && devices > count && devices % count === 0) return devices / count;
  const marked = renamed || (!isMig && isMarkedShared(labels));
  return marked && told !== 1 ? null : 1;
}

function isMarkedShared(labels: NamedValues): boolean {
  const strategy = textOf(labels, NODE_KEYS.gpuSharing);
  return strategy === 'time-slicing' || strategy === 'mps' || productOf(labels).shared;
}

/** Physical GPUs by a label; under MIG's single strategy gpu.count counts instances and says nothing. */
function countedGpus(labels: NamedValues): number | null {
  const byInstanceType = wholeOf(textOf(labels, NODE_KEYS.karpenterGpuCount));
  const single = productOf(labels).profile !== null || textOf(labels, NODE_KEYS.migStrategy) === 'single';
  return byInstanceType ?? (single ? null : wholeOf(textOf(labels, NODE_KEYS.gpuCount)));
}

function wholeOf(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null;
}

/** The model that `nvidia.com/gpu.product` names, dashes as spaces: `NVIDIA A100 SXM4 40GB`. */
function gpuModelOf(labels: NamedValues): string | null {
  return productOf(labels).model;
}

function productOf(labels: NamedValues): { model: string | null; profile: string | null; shared: boolean } {
  const product = textOf(labels, NODE_KEYS.gpuProduct);
  if (product === null) return { model: null, profile: null, shared: false };
  const shared = product.endsWith('-SHARED');
  const [board = '', profile = null] = product.replace(/-SHARED$/, '').split('-MIG-');
  return { model: board.replaceAll('-', ' ').trim() || null, profile, shared };
}
