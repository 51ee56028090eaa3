import type { Sample } from '../scrape/exposition';
import { objectLabel, type StateSeries } from './state-series';

/** Finds the uid of the pod that a sample speaks of; null, and counted, when nothing tells it. */
export type PodFinder = (sample: Sample) => string | null;

/** A pod's name within its cluster. */
export type PodName = { readonly namespace: string; readonly name: string };

/** Every pod that one exposition names together with its uid, by uid. */
export function podNamesOf(series: StateSeries): Map<string, PodName> {
  const named = new Map<string, PodName>();
  for (const source of ['kube_pod_info', 'kube_pod_status_phase', 'kube_pod_container_resource_requests'])
    for (const sample of series.of(source)) {
      const uid = objectLabel(sample, 'uid');
      const [namespace, name] = [objectLabel(sample, 'namespace'), objectLabel(sample, 'pod')];
      if (uid !== null && namespace !== null && name !== null && !named.has(uid)) named.set(uid, { namespace, name });
    }
  return named;
}

/** Old kube-state-metrics gives the uid with `kube_pod_info` alone: elsewhere the name leads to it, if to one alone. */
export function finderOf(series: StateSeries, named: ReadonlyMap<string, PodName>): PodFinder {
  const byName = new Map<string, string | null>();
  for (const [uid, { namespace, name }] of named) {
    const path = `${namespace}/${name}`;
    byName.set(path, byName.has(path) ? null : uid);
  }
  return (sample) => {
    const uid = objectLabel(sample, 'uid');
    if (uid !== null && named.has(uid)) return uid;
    const path = `${objectLabel(sample, 'namespace')}/${objectLabel(sample, 'pod')}`;
    const found = uid === null ? (byName.get(path) ?? null) : null;
    if (found === null) series.drop(sample, 'no_pod');
    return found;
  };
}
