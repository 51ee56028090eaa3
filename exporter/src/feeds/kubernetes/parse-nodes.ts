import type { Instant } from '../../units/interval';
import type { SeenNode } from './cluster-snapshot';
import { gatherValues, type GatheredValues, noValues } from './ksm-name';
import { objectLabel, type StateSeries } from './state-series';

type Draft = { -readonly [field in keyof SeenNode]: SeenNode[field] } & {
  capacity: Map<string, number>;
  readonly labels: GatheredValues;
};

/** All nodes of one exposition, by name. Where capacity is not told, what can be allocated stands for it. */
export function parseNodes(series: StateSeries): Map<string, SeenNode> {
  const nodes = new Map<string, Draft>();
  const draftOf = draftIn(nodes);
  for (const sample of series.of('kube_node_info')) {
    const node = named(draftOf, { series, sample });
    if (node === null) continue;
    node.providerId = sample.labels.get('provider_id') || node.providerId;
    node.systemUuid = sample.labels.get('system_uuid') || node.systemUuid;
    node.internalIp = sample.labels.get('internal_ip') || node.internalIp;
  }
  for (const sample of series.of('kube_node_status_addresses')) {
    const node = sample.labels.get('type') === 'InternalIP' ? named(draftOf, { series, sample }) : null;
    if (node !== null) node.internalIp ??= sample.labels.get('address') || null;
  }
  for (const sample of series.of('kube_node_labels')) {
    const node = named(draftOf, { series, sample });
    if (node !== null) gatherValues(node.labels, sample.labels, 'label_');
  }
  readCapacity(series, draftOf);
  const earliest = (before: Instant | null, time: Instant): Instant => Math.min(before ?? time, time);
  for (const sample of series.of('kube_node_created')) {
    const node = named(draftOf, { series, sample });
    const time = node && series.instantOf(sample);
    if (node !== null && time !== null) node.created = earliest(node.created, time);
  }
  for (const sample of series.of('kube_node_deletion_timestamp')) {
    const node = named(draftOf, { series, sample });
    const time = node && series.instantOf(sample);
    if (node !== null && time !== null) node.deletion = earliest(node.deletion, time);
  }
  return nodes;
}

type DraftOf = (name: string) => Draft;
type Place = { readonly series: StateSeries; readonly sample: ReturnType<StateSeries['of']>[number] };

function named(draftOf: DraftOf, { series, sample }: Place): Draft | null {
  const name = objectLabel(sample, 'node');
  if (name !== null) return draftOf(name);
  series.drop(sample, 'no_node');
  return null;
}

function draftIn(nodes: Map<string, Draft>): DraftOf {
  return (name) => {
    const known = nodes.get(name);
    if (known !== undefined) return known;
    const draft: Draft = {
      name,
      providerId: null,
      systemUuid: null,
      internalIp: null,
      created: null,
      deletion: null,
      capacity: new Map(),
      labels: noValues(),
    };
    nodes.set(name, draft);
    return draft;
  };
}

function readCapacity(series: StateSeries, draftOf: DraftOf): void {
  const told = new Set<string>();
  for (const name of ['kube_node_status_capacity', 'kube_node_status_allocatable'])
    for (const sample of series.of(name)) {
      const node = named(draftOf, { series, sample });
      const resource = sample.labels.get('resource');
      const amount = node && series.amountOf(sample);
      if (node === null || amount === null || !resource) continue;
      const key = `${node.name} ${resource}`;
      if (name === 'kube_node_status_capacity') told.add(key);
      else if (told.has(key)) continue;
      node.capacity.set(resource, Math.max(node.capacity.get(resource) ?? 0, amount));
    }
}
