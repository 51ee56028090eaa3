import type { Attempt, Confidence, EndSource, HeldResources } from '../../facts/attempt';
import { instantOf } from '../wire';
import { gpusFromNanoGpus } from '../../units/quantity';

const ENDED: Readonly<Record<Exclude<EndSource, 'open'>, string>> = {
  pod: 'its pod',
  job: 'its job',
  scheduler: 'its scheduler',
  attempt_ok: "Metaflow's attempt_ok",
  attempt_done: "Metaflow's attempt-done",
  runtime_file: 'the time of its runtime file',
  next_start: 'the start of the next attempt',
  heartbeat: 'its last heartbeat',
  run_heartbeat: "its run's last heartbeat",
  last_record: 'its last record',
};

const TOLD: Readonly<Record<HeldResources['source'], string>> = {
  allocation: 'what was assigned to it',
  holdings: 'holdings in the configuration',
  graph_info: "the flow's own @resources",
};

const TIED: Readonly<Record<Confidence, string>> = {
  exact: 'exact: by identity',
  strong: 'strong: by names and times that fit one thing alone',
  shared: 'shared: what it held was shared with others',
  estimated: 'estimated: by place and time',
  declared: 'declared: by the configuration',
  none: 'none: nothing ties it to what it held',
};

/** Where the pod of an attempt is; both null where none is known. */
export function podOf({ pod }: Attempt): { k8sNamespace: string | null; pod: string | null } {
  return { k8sNamespace: pod?.namespace ?? null, pod: pod?.name ?? null };
}

/** Says in words where an attempt's times and what it held are known from, and how surely. */
export function heldEvidence(attempt: Attempt): string {
  const { start, end, endSource, held, pod, confidence } = attempt;
  const until = end === null || endSource === 'open' ? 'goes on' : `ended ${instantOf(end)} by ${ENDED[endSource]}`;
  const gpus = held === null ? null : gpusFromNanoGpus(held.gpus);
  const what = held === null ? 'nothing tells what it held' : `${gpus} GPUs by ${TOLD[held.source]}`;
  const where = pod ? `; pod ${pod.namespace}/${pod.name}` : '';
  return `Started ${instantOf(start)}, ${until}; ${what}${where}. Confidence ${TIED[confidence]}.`;
}
