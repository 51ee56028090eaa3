import { type Attempt, type AttemptKey, attemptKeyText, compareAttemptKeys, type ToldAttempt } from '../facts/attempt';
import type { Pod } from '../facts/pod';
import type { Instant } from '../units/interval';
import { compareUtf8 } from '../units/utf8-order';

/** By how much the clocks of a pod's node and of Metaflow may differ for a pod's name to mean that pod. */
const SKEW_MS = 60_000;

/** A pod that a node has accepted; only these hold. */
export type ScheduledPod = Pod & { readonly start: Instant };

/** A told attempt, the pod that ran it, and what ties them. */
export type Claim = {
  readonly told: ToldAttempt;
  readonly pod: ScheduledPod;
  readonly confidence: 'exact' | 'strong';
};

/** The pods that hold something, each once, oldest first. */
export function scheduledPods(pods: readonly Pod[]): ScheduledPod[] {
  const byUid = new Map(pods.map((pod) => [pod.ref.uid, pod]));
  const scheduled = [...byUid.values()].filter((pod): pod is ScheduledPod => pod.start !== null);
  return scheduled.sort((a, b) => a.start - b.start || compareUtf8(a.ref.uid, b.ref.uid));
}

/**
 * Finds the pod of each told attempt: by uid, by name within its time, by annotations. Clones have none. Several
 * attempts may name one pod in their records; by annotations a pod has one attempt and an attempt one pod.
 */
export function matchPods(
  told: readonly ToldAttempt[],
  pods: readonly ScheduledPod[],
  before: readonly Attempt[],
): Claim[] {
  const run = told.filter(({ isClone }) => !isClone).sort((a, b) => compareAttemptKeys(a.key, b.key));
  const recorded = run.flatMap((attempt) => claimByRecord(attempt, pods));
  const claimed = new Set(recorded.map(({ pod }) => pod));
  const placed = new Set(recorded.map((claim) => claim.told));
  const places = new Map(before.map(({ key, pod }) => [attemptKeyText(key), pod?.uid ?? null]));
  const annotated = run
    .filter((attempt) => !placed.has(attempt) && !attempt.clues?.podUid)
    .flatMap((attempt) => {
      const own = pods.filter((pod) => !claimed.has(pod) && isNamedBy(pod, attempt.key));
      const stood = places.get(attemptKeyText(attempt.key));
      const pod = own.find(({ ref }) => ref.uid === stood) ?? own[0];
      return pod ? [{ told: attempt, pod, confidence: 'strong' as const }] : [];
    });
  return [...recorded, ...annotated];
}

function claimByRecord(told: ToldAttempt, pods: readonly ScheduledPod[]): Claim[] {
  const { podUid = null, podNamespace = null, podName = null } = told.clues ?? {};
  if (podUid !== null) {
    const pod = pods.find(({ ref }) => ref.uid === podUid);
    return pod ? [{ told, pod, confidence: 'exact' }] : [];
  }
  if (podName === null) return [];
  const named = pods.filter(({ ref }) => ref.name === podName && (podNamespace ?? ref.namespace) === ref.namespace);
  const pod = named.filter((one) => ranAt(one, told.start)).at(-1);
  return pod ? [{ told, pod, confidence: 'strong' }] : [];
}

const ranAt = ({ start, end }: ScheduledPod, at: Instant): boolean =>
  start - SKEW_MS <= at && (end === null || at <= end + SKEW_MS);

function isNamedBy({ identity }: ScheduledPod, { flow, run, step, task, attempt }: AttemptKey): boolean {
  if (!identity || identity.flow !== flow || identity.run !== run) return false;
  return identity.step === step && identity.task === task && (identity.attempt ?? 0) === attempt;
}
