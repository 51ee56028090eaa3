import type { Sample } from '../scrape/exposition';
import type { Amounts } from './cluster-snapshot';
import type { PodFinder } from './pod-finder';
import { objectLabel, type StateSeries } from './state-series';

/** A pod's effective request, and the node that its rows name. */
export type PodRequest = { readonly amounts: Amounts; readonly node: string | null };

type Request = { readonly uid: string; readonly container: string; readonly resource: string; readonly amount: number };
/** What runs at the same time, and the largest of what runs before it. */
type Sum = { beside: number; before: number };
type Place = { readonly series: StateSeries; readonly find: PodFinder };

/**
 * The effective request of each pod: per resource max(the largest init container, Σ main containers). An init
 * container that restarts for ever runs beside the main ones and counts among them. Rows of replicas and of the moment
 * of scheduling (`node=""` beside the node) count once.
 */
export function requestsOf(series: StateSeries, find: PodFinder): Map<string, PodRequest> {
  const place = { series, find };
  const nodes = new Map<string, string>();
  const main = rowsOf(series.of('kube_pod_container_resource_requests'), { ...place, nodes });
  const init = rowsOf(series.of('kube_pod_init_container_resource_requests'), { ...place, nodes });
  const sidecars = sidecarsOf(place);
  const sums = new Map<string, Map<string, Sum>>();
  const sumOf = ({ uid, resource }: Request): Sum => {
    const ofPod = sums.get(uid) ?? new Map<string, Sum>();
    const sum = ofPod.get(resource) ?? { beside: 0, before: 0 };
    sums.set(uid, ofPod.set(resource, sum));
    return sum;
  };
  for (const request of main) sumOf(request).beside += request.amount;
  for (const request of init) {
    const sum = sumOf(request);
    if (sidecars.has(`${request.uid} ${request.container}`)) sum.beside += request.amount;
    else sum.before = Math.max(sum.before, request.amount);
  }
  return new Map(
    [...sums].map(([uid, ofPod]) => {
      const amounts = [...ofPod].map(([resource, { beside, before }]) => [resource, Math.max(beside, before)] as const);
      return [uid, { amounts: new Map(amounts), node: nodes.get(uid) ?? null }];
    }),
  );
}

function rowsOf(samples: readonly Sample[], place: Place & { readonly nodes: Map<string, string> }): Request[] {
  const rows = new Map<string, Request & { readonly placed: boolean }>();
  for (const sample of samples) {
    const uid = place.find(sample);
    if (uid === null) continue;
    const [container, resource] = [objectLabel(sample, 'container') ?? '', sample.labels.get('resource')];
    const node = objectLabel(sample, 'node');
    const amount = place.series.amountOf(sample);
    if (!resource || amount === null) continue;
    if (node !== null) place.nodes.set(uid, node);
    const key = JSON.stringify([uid, container, resource]);
    const row = { uid, container, resource, amount, placed: node !== null };
    const before = rows.get(key);
    if (before === undefined || outranks(row, before)) rows.set(key, row);
  }
  return [...rows.values()];
}

function outranks(
  row: { readonly placed: boolean; readonly amount: number },
  before: { readonly placed: boolean; readonly amount: number },
): boolean {
  return row.placed === before.placed ? row.amount > before.amount : row.placed;
}

function sidecarsOf({ series, find }: Place): Set<string> {
  const sidecars = new Set<string>();
  for (const sample of series.of('kube_pod_init_container_info')) {
    if (sample.labels.get('restart_policy') !== 'Always') continue;
    const [uid, container] = [find(sample), objectLabel(sample, 'container')];
    if (uid !== null) sidecars.add(`${uid} ${container}`);
  }
  return sidecars;
}
