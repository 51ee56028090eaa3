import type { Attempt } from '../facts/attempt';
import type { Pod } from '../facts/pod';
import type { RunRecord } from '../facts/run';
import { workloadKey } from '../facts/workload';
import { compareUtf8 } from '../units/utf8-order';
import { scheduledPods } from './match-pods';
import { attemptOfPod } from './pod-window';

/** The letters of which Kubernetes makes the hash of a pod template. */
const TEMPLATE_HASH = /-[bcdfghjklmnpqrstvwxz2456789]{5,10}$/;
/** Labels that change with every rollout, or that are nobody's to see. */
const NOT_FOR_TAGS = /hash|token|secret|password/i;

/** A workload's pod as the ledger charges it, and the workload as a run of no flow, as far as this pod shows it. */
export type Workload = { readonly attempt: Attempt; readonly run: RunRecord };

/**
 * A pod that holds GPUs and is no part of a Metaflow run. Null for a pod that no node has accepted, that names a run,
 * or that holds no GPUs: what CPU-only pods hold is idle capacity in this ledger.
 */
export function workloadOf(pod: Pod): Workload | null {
  const [scheduled] = scheduledPods([pod]);
  if (!scheduled || pod.identity !== null || pod.held.gpus === 0n) return null;
  const { namespace, name, uid } = pod.ref;
  const key = workloadKey({ cluster: pod.cluster, namespace, workload: workloadNameOf(pod), pod: name, uid });
  const attempt = attemptOfPod(scheduled, key);
  const { deployment, flow, run } = key;
  return {
    attempt: { ...attempt, confidence: pod.shared ? 'shared' : 'exact' },
    run: {
      key: { deployment, flow, run },
      startedAt: attempt.start,
      endedAt: attempt.end,
      outcome: attempt.end === null ? 'running' : 'unknown',
      user: null,
      tags: tagsOf(pod.labels),
      systemTags: [],
      runtime: 'kubernetes',
      variant: null,
      config: null,
      fingerprint: '',
    },
  };
}

/** The name that a rollout does not change: of a replica set its deployment's, of a pod that nothing owns its own. */
function workloadNameOf({ owner, labels, ref }: Pod): string {
  if (owner === null) return ref.name;
  if (owner.kind !== 'ReplicaSet') return owner.name;
  const hash = labels.pod_template_hash ?? labels['pod-template-hash'];
  if (hash && owner.name.endsWith(`-${hash}`)) return owner.name.slice(0, -hash.length - 1);
  return owner.name.replace(TEMPLATE_HASH, '');
}

/** Labels as `key:value` tags, so that the rules for dimensions apply; the app's version is the model's if need be. */
function tagsOf(labels: Pod['labels']): string[] {
  const told = Object.entries(labels).filter(([key, value]) => value !== '' && !NOT_FOR_TAGS.test(key));
  const names = new Map(told.map(([key, value]) => [key.replaceAll('-', '_'), value]));
  const version = names.get('app_kubernetes_io_version') ?? names.get('app.kubernetes.io/version');
  if (version !== undefined && !names.has('model_version')) names.set('model_version', version);
  return [...names].map(([key, value]) => `${key}:${value}`).sort(compareUtf8);
}
