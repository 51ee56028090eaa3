import type { DiscoveredHost } from '../../facts/host';
import { milliVcpusFromVcpus, nanoGpus } from '../../units/quantity';
import type { SeenNode } from './cluster-snapshot';
import { type NamedValues, textOf } from './ksm-name';
import { gpusOfNode, memoryOf } from './node-gpus';
import { NODE_KEYS, POOL_KEYS } from './well-known-keys';

/** A node as a host without its name and its time, which take more than one look. */
export type HostOfNode = Omit<DiscoveredHost, 'name' | 'feed' | 'from' | 'to'>;

type Cloud = 'aws' | 'gcp' | 'azure';

/** What a node says of the host that it is; what it does not say is null. */
export function hostOfNode(node: SeenNode): HostOfNode {
  const { labels, capacity } = node;
  const provider = cloudOf(node.providerId);
  const zone = textOf(labels, NODE_KEYS.zone) ?? textOf(labels, NODE_KEYS.zoneBefore117) ?? zoneInId(node.providerId);
  const { gpus, model } = gpusOfNode(node);
  const cores = capacity.get('cpu');
  return {
    pool: POOL_KEYS.map((key) => textOf(labels, key)).find((pool) => pool !== null) ?? null,
    provider,
    region: regionOf(labels, { provider, zone }),
    zone,
    instanceType: textOf(labels, NODE_KEYS.instanceType) ?? textOf(labels, NODE_KEYS.instanceTypeBefore117),
    capacityType: capacityTypeOf(labels),
    gpus: nanoGpus(gpus),
    gpuModel: model,
    vcpus: cores === undefined ? null : milliVcpusFromVcpus(cores),
    memory: memoryOf(capacity),
    billingResourceId: billingResourceIdOf(node.providerId),
    internalIp: node.internalIp,
  };
}

const SCHEMES: { readonly [scheme: string]: Cloud } = { aws: 'aws', gce: 'gcp', azure: 'azure' };

function cloudOf(providerId: string | null): Cloud | null {
  const [scheme = ''] = (providerId ?? '').split('://');
  return SCHEMES[scheme.toLowerCase()] ?? null;
}

/** The last part of a provider id: an instance id of AWS, an instance's name in GCP, the number in a scale set. */
export function lastSegment(providerId: string | null): string | null {
  return providerId?.split('/').pop() || null;
}

/** How a bill names it: Azure by its whole path, whose case varies and is lowered, the others by the last segment. */
export function billingResourceIdOf(providerId: string | null): string | null {
  if (cloudOf(providerId) !== 'azure') return lastSegment(providerId);
  return providerId!.slice(providerId!.indexOf('://') + '://'.length).toLowerCase();
}

function zoneInId(providerId: string | null): string | null {
  const [, path = ''] = (providerId ?? '').split('://');
  const parts = path.split('/');
  // `aws:///us-east-1a/i-…` and `gce://project/zone/name` both have it in the middle.
  return cloudOf(providerId) === 'azure' || parts.length !== 3 ? null : parts[1] || null;
}

const REGION_IN_ZONE: { readonly [cloud in Cloud]: RegExp } = {
  aws: /^([a-z]{2}(?:-[a-z]+)+-\d+)(?:[a-z]|-.+)$/,
  gcp: /^([a-z]+-[a-z]+\d+)-[a-z]$/,
  azure: /^([a-z0-9]+)-\d+$/,
};

function regionOf(
  labels: NamedValues,
  { provider, zone }: { provider: Cloud | null; zone: string | null },
): string | null {
  const [, region = null] = (provider !== null && zone !== null && REGION_IN_ZONE[provider].exec(zone)) || [];
  return region ?? textOf(labels, NODE_KEYS.region) ?? textOf(labels, NODE_KEYS.regionBefore117);
}

const CAPACITY_TYPES: { readonly [value: string]: string } = {
  on_demand: 'on_demand',
  regular: 'on_demand',
  spot: 'spot',
  true: 'spot',
  reserved: 'committed',
  capacity_block: 'committed',
};

const CAPACITY_KEYS = [
  NODE_KEYS.karpenterCapacity,
  NODE_KEYS.eksCapacity,
  NODE_KEYS.gkeSpot,
  NODE_KEYS.gkePreemptible,
  NODE_KEYS.aksPriority,
];

/** `on_demand`, `spot` or `committed`; null where no label says it: GKE and AKS mark spot nodes alone. */
function capacityTypeOf(labels: NamedValues): string | null {
  const values = CAPACITY_KEYS.map((key) => textOf(labels, key)?.toLowerCase().replaceAll('-', '_'));
  const types = values.map((value) => (value === undefined ? undefined : CAPACITY_TYPES[value]));
  return types.find((type) => type !== undefined) ?? null;
}
