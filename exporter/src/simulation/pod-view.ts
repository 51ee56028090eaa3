import type { Instant } from '../units/interval';
import { everHeld, type SimulatedPod } from './world-facts';

/** How long finished pods stay, as `METAFLOW_KUBERNETES_JOB_TTL_SECONDS_AFTER_FINISHED` says: an hour. */
export const POD_TTL_MS = 3_600_000;
/** A node that is gone is forgotten, and its pods with it, this long after. */
export const NODE_FORGOTTEN_MS = 5 * 60_000;

/** A pod as the cluster knows it at one instant: nothing that comes later is in it. */
export type PodView = {
  readonly pod: SimulatedPod;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed';
  /** False before a node has accepted it. */
  readonly scheduled: boolean;
  /** When its container began; null while its image is pulled. */
  readonly containerStart: Instant | null;
  /** Null while it has not ended. */
  readonly end: Instant | null;
};

/** A pod at an instant; null where it does not exist yet or not any more. */
export function podAt(pod: SimulatedPod, at: Instant): PodView | null {
  if (at < pod.created) return null;
  const isOver = pod.end !== null && pod.end <= at;
  if (isOver && (at >= forgottenAt(pod) || !everHeld(pod))) return null;
  const containerStart = containerStartOf(pod);
  const scheduled = pod.start <= at;
  if (isOver) {
    const phase = pod.reason === 'Completed' ? 'Succeeded' : 'Failed';
    return { pod, phase, scheduled, containerStart, end: pod.end };
  }
  const isRunning = containerStart <= at;
  const phase = isRunning ? 'Running' : 'Pending';
  return { pod, phase, scheduled, containerStart: isRunning ? containerStart : null, end: null };
}

/** Pulling the image takes two to five seconds, by the pod. */
function containerStartOf({ uid, start, end }: SimulatedPod): Instant {
  const pull = 2000 + (uid.charCodeAt(0) % 4) * 1000;
  return end === null ? start + pull : Math.min(start + pull, end);
}

function forgottenAt({ end, host }: SimulatedPod): Instant {
  const byTtl = (end ?? 0) + POD_TTL_MS;
  return host.to === null ? byTtl : Math.min(byTtl, host.to + NODE_FORGOTTEN_MS);
}
