import type { PodPhase } from '../../facts/pod';
import type { Instant } from '../../units/interval';
import type { Sample } from '../scrape/exposition';
import type { SeenPod } from './cluster-snapshot';
import { gatherValues, type GatheredValues, noValues } from './ksm-name';
import { finderOf, podNamesOf, type PodFinder } from './pod-finder';
import { ownersOf } from './parse-owners';
import { requestsOf } from './parse-requests';
import { objectLabel, type StateSeries } from './state-series';

/** All pods of one exposition, by uid. */
export function parsePods(series: StateSeries): Map<string, SeenPod> {
  const named = podNamesOf(series);
  const find = finderOf(series, named);
  const parts = {
    info: infoOf(series, find),
    phases: phasesOf(series, find),
    times: timesOf(series, find),
    requests: requestsOf(series, find),
    annotations: valuesOf(series.of('kube_pod_annotations'), { find, prefix: 'annotation_' }),
    labels: valuesOf(series.of('kube_pod_labels'), { find, prefix: 'label_' }),
  };
  const owners = ownersOf(series, { find, labels: parts.labels });
  const pods = new Map<string, SeenPod>();
  for (const [uid, { namespace, name }] of named) {
    const request = parts.requests.get(uid);
    pods.set(uid, {
      uid,
      namespace,
      name,
      node: parts.info.get(uid) ?? request?.node ?? null,
      phase: parts.phases.get(uid) ?? 'Unknown',
      ...(parts.times.get(uid) ?? NO_TIMES),
      requests: request?.amounts ?? new Map(),
      annotations: parts.annotations.get(uid) ?? null,
      labels: parts.labels.get(uid) ?? {},
      owner: owners.get(uid) ?? null,
    });
  }
  return pods;
}

function infoOf(series: StateSeries, find: PodFinder): Map<string, string> {
  const nodes = new Map<string, string>();
  for (const sample of series.of('kube_pod_info')) {
    const [uid, node] = [find(sample), objectLabel(sample, 'node')];
    if (uid !== null && node !== null) nodes.set(uid, node);
  }
  return nodes;
}

const PHASES: readonly PodPhase[] = ['Unknown', 'Pending', 'Running', 'Failed', 'Succeeded'];

/** The phase whose series is 1; where two replicas disagree, the later one in a pod's life. */
function phasesOf(series: StateSeries, find: PodFinder): Map<string, PodPhase> {
  const phases = new Map<string, PodPhase>();
  for (const sample of series.of('kube_pod_status_phase')) {
    const rank = PHASES.indexOf(sample.labels.get('phase') as PodPhase);
    if (sample.value !== 1 || rank < 0) continue;
    const uid = find(sample);
    const before = uid === null ? undefined : phases.get(uid);
    if (uid !== null && (before === undefined || rank > PHASES.indexOf(before))) phases.set(uid, PHASES[rank]!);
  }
  return phases;
}

type PodTimes = Pick<
  SeenPod,
  | 'created'
  | 'started'
  | 'scheduled'
  | 'firstContainerStarted'
  | 'lastContainerStarted'
  | 'completed'
  | 'lastTerminated'
  | 'deletion'
>;

const NO_TIMES: PodTimes = {
  created: null,
  started: null,
  scheduled: null,
  firstContainerStarted: null,
  lastContainerStarted: null,
  completed: null,
  lastTerminated: null,
  deletion: null,
};

const TIMES: readonly { series: string; field: keyof PodTimes; pick: (...times: Instant[]) => Instant }[] = [
  { series: 'kube_pod_created', field: 'created', pick: Math.min },
  { series: 'kube_pod_start_time', field: 'started', pick: Math.min },
  { series: 'kube_pod_status_scheduled_time', field: 'scheduled', pick: Math.min },
  { series: 'kube_pod_container_state_started', field: 'firstContainerStarted', pick: Math.min },
  { series: 'kube_pod_container_state_started', field: 'lastContainerStarted', pick: Math.max },
  { series: 'kube_pod_completion_time', field: 'completed', pick: Math.max },
  { series: 'kube_pod_container_status_last_terminated_timestamp', field: 'lastTerminated', pick: Math.max },
  { series: 'kube_pod_deletion_timestamp', field: 'deletion', pick: Math.min },
];

function timesOf(series: StateSeries, find: PodFinder): Map<string, PodTimes> {
  const times = new Map<string, PodTimes>();
  for (const { series: name, field, pick } of TIMES)
    for (const sample of series.of(name)) {
      const uid = find(sample);
      const instant = uid === null ? null : series.instantOf(sample);
      if (uid === null || instant === null) continue;
      const known = times.get(uid) ?? NO_TIMES;
      const before = known[field];
      times.set(uid, { ...known, [field]: before === null ? instant : pick(before, instant) });
    }
  return times;
}

function valuesOf(
  samples: readonly Sample[],
  { find, prefix }: { find: PodFinder; prefix: string },
): Map<string, GatheredValues> {
  const valuesByUid = new Map<string, GatheredValues>();
  for (const sample of samples) {
    const uid = find(sample);
    if (uid === null) continue;
    const values = valuesByUid.get(uid) ?? noValues();
    valuesByUid.set(uid, values);
    gatherValues(values, sample.labels, prefix);
  }
  return valuesByUid;
}
