import type { AttemptKey, RunKey } from './attempt';

/**
 * A workload that is no Metaflow run holds GPUs too: a serving endpoint, a notebook, a stray pod. In the ledger it is
 * a run of no flow: `deployment` is the cluster, `run` is `namespace/workload`, `step` its pod's name, `task` the uid.
 */
export const NO_FLOW = '';

/** The ledger's key of one pod of a workload. */
export function workloadKey(of: {
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly pod: string;
  readonly uid: string;
}): AttemptKey {
  const { cluster, namespace, workload, pod, uid } = of;
  return { deployment: cluster, flow: NO_FLOW, run: `${namespace}/${workload}`, step: pod, task: uid, attempt: 0 };
}

/** True for what holds capacity without being a Metaflow run. */
export const isWorkload = ({ flow }: RunKey): boolean => flow === NO_FLOW;

/** Namespace and name of a workload's key. */
export function workloadName({ run }: RunKey): { readonly namespace: string; readonly workload: string } {
  const border = run.indexOf('/');
  return { namespace: run.slice(0, border), workload: run.slice(border + 1) };
}
