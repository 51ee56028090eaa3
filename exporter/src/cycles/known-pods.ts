import { type Attempt, type RunKey, runKeyText, type ToldAttempt } from '../facts/attempt';
import type { Pod } from '../facts/pod';
import { isWorkload } from '../facts/workload';
import { workloadOf } from '../ledger/workloads';
import type { Instant } from '../units/interval';

/** A pod and the Metaflow deployment that the runs of its cluster belong to. */
type KnownPod = { readonly pod: Pod; readonly deployment: string };

/** How long an ended pod is kept: so late may its run still be told of. */
const KEPT_MS = 24 * 3_600_000;

/** Every pod that clusters show, and the run or workload it belongs to: by its annotations, else by a run's clue. */
export class KnownPods {
  readonly #pods = new Map<string, KnownPod>();
  readonly #byName = new Map<string, Set<string>>();
  readonly #byRun = new Map<string, Set<string>>();
  /** Pod uid → the run one of whose attempts names it. */
  readonly #claims = new Map<string, RunKey>();
  /** Run id → the run that a feed told of, for pods that carry no more than Argo's own label of their workflow. */
  readonly #argoRuns = new Map<string, RunKey>();
  /** Pod uid → where it is filed now. */
  readonly #filed = new Map<string, string>();

  /** Takes in pods; returns every run and workload whose pods are other ones, or otherwise, than before. */
  see(pods: readonly Pod[], deployment: string): RunKey[] {
    return pods.flatMap((pod) => {
      this.#pods.set(pod.ref.uid, { pod, deployment });
      addTo(this.#byName, nameOf(pod.ref), pod.ref.uid);
      return this.#file(pod.ref.uid);
    });
  }

  /** Takes in which pods a run's attempts name; returns every run and workload that gains or loses a pod by it. */
  claim(key: RunKey, told: readonly ToldAttempt[]): RunKey[] {
    const byWorkflow = key.run.startsWith(ARGO_RUN) ? this.#claimWorkflow(key) : [];
    const byClue = told.flatMap(({ clues }) => {
      if (!clues) return [];
      const { podUid, podNamespace, podName } = clues;
      const named = podUid ?? this.#uidNamed(podNamespace, podName);
      if (named === null || this.#claims.get(named) !== undefined) return [];
      this.#claims.set(named, key);
      return this.#pods.has(named) ? this.#file(named) : [];
    });
    return [...byWorkflow, ...byClue];
  }

  #claimWorkflow(key: RunKey): RunKey[] {
    if (this.#argoRuns.has(key.run)) return [];
    this.#argoRuns.set(key.run, key);
    const labelled = [...this.#pods].filter(([, { pod }]) => workflowRunOf(pod) === key.run);
    return labelled.flatMap(([uid]) => this.#file(uid));
  }

  /** The pods of a run or workload. */
  of(key: RunKey): Pod[] {
    const pods = [...(this.#byRun.get(runKeyText(key)) ?? [])].map((uid) => this.#pods.get(uid)!.pod);
    return pods.map((pod) => (pod.identity === null && workflowRunOf(pod) === key.run ? ofWorkflow(pod, key) : pod));
  }

  /** True for a pod that a cluster has shown. */
  has(uid: string): boolean {
    return this.#pods.has(uid);
  }

  /** True for a pod that a cluster has shown and that belongs to another run or workload than this one. */
  isElsewhere(uid: string, key: RunKey): boolean {
    return this.#pods.has(uid) && this.#filed.get(uid) !== runKeyText(key);
  }

  /** Takes in which pods stored attempts ran in: their runs may not be told again. */
  remember(attempts: readonly Attempt[]): void {
    for (const { key, pod } of attempts) {
      if (pod?.uid && !isWorkload(key))
        this.#claims.set(pod.uid, { deployment: key.deployment, flow: key.flow, run: key.run });
    }
  }

  /** The runs and workloads that have a pod. */
  owners(): ReadonlySet<string> {
    return new Set([...this.#byRun].filter(([, uids]) => uids.size > 0).map(([text]) => text));
  }

  /** Forgets pods that ended long ago, and what runs say of pods that nobody shows once they are told no more. */
  prune(now: Instant, isTold: (key: RunKey) => boolean): void {
    for (const [uid, key] of this.#claims) if (!this.#pods.has(uid) && !isTold(key)) this.#claims.delete(uid);
    for (const [run, key] of this.#argoRuns) if (!isTold(key)) this.#argoRuns.delete(run);
    for (const [uid, { pod }] of this.#pods) {
      if (pod.end === null || now - pod.end < KEPT_MS) continue;
      this.#pods.delete(uid);
      this.#claims.delete(uid);
      this.#byName.get(nameOf(pod.ref))?.delete(uid);
      this.#byRun.get(this.#filed.get(uid) ?? '')?.delete(uid);
      this.#filed.delete(uid);
    }
    for (const index of [this.#byName, this.#byRun]) {
      for (const [text, uids] of index) if (uids.size === 0) index.delete(text);
    }
  }

  #uidNamed(namespace: string | null, name: string | null): string | null {
    if (namespace === null || name === null) return null;
    const uids = [...(this.#byName.get(nameOf({ namespace, name })) ?? [])];
    return uids.length === 1 ? uids[0]! : null;
  }

  #file(uid: string): RunKey[] {
    const { pod, deployment } = this.#pods.get(uid)!;
    const owner = this.#ownerOf(pod, deployment);
    const text = owner === null ? null : runKeyText(owner);
    const before = this.#filed.get(uid) ?? null;
    if (before !== null && before !== text) this.#byRun.get(before)?.delete(uid);
    if (text !== null) {
      addTo(this.#byRun, text, uid);
      this.#filed.set(uid, text);
    } else this.#filed.delete(uid);
    const left = before !== null && before !== text ? [keyOfText(before)] : [];
    return owner === null ? left : [...left, owner];
  }

  #ownerOf(pod: Pod, deployment: string): RunKey | null {
    const claimed = this.#claims.get(pod.ref.uid);
    if (claimed) return claimed;
    if (pod.identity) return { deployment, flow: pod.identity.flow, run: pod.identity.run };
    const ofArgo = this.#argoRuns.get(workflowRunOf(pod) ?? '');
    if (ofArgo) return ofArgo;
    const workload = workloadOf(pod);
    if (workload === null) return null;
    const { deployment: cluster, flow, run } = workload.attempt.key;
    return { deployment: cluster, flow, run };
  }
}

/** Metaflow's run ids on Argo: this before the workflow's name. */
const ARGO_RUN = 'argo-';

function workflowRunOf({ labels }: Pod): string | null {
  const workflow = labels['workflows_argoproj_io_workflow'];
  return workflow === undefined ? null : `${ARGO_RUN}${workflow}`;
}

function ofWorkflow(pod: Pod, { flow, run }: RunKey): Pod {
  return { ...pod, identity: { flow, run, step: null, task: null, attempt: null, user: null, project: null } };
}

const nameOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;

function keyOfText(text: string): RunKey {
  const [deployment, flow, run] = JSON.parse(text) as [string, string, string];
  return { deployment, flow, run };
}

function addTo(index: Map<string, Set<string>>, text: string, uid: string): void {
  const known = index.get(text);
  if (known) known.add(uid);
  else index.set(text, new Set([uid]));
}
