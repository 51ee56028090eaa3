import type { PodPhase } from '../../facts/pod';
import type { Instant } from '../../units/interval';
import type { Amounts, SeenPod } from './cluster-snapshot';
import type { NamedValues } from './ksm-name';

/** All that was ever seen of one pod, and when. It does not depend on the order in which equal times were read. */
export type PodSight = {
  readonly seen: SeenPod;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  /** When it was first seen accepted by its node; a pod may wait long before. */
  readonly firstAccepted: Instant | null;
  /** When it was last seen in a phase in which it holds what it asked for. */
  readonly lastHolding: Instant | null;
  /** When it was first seen finished. */
  readonly firstFinished: Instant | null;
};

/** True for the phases that a pod never leaves. */
export const isFinished = (phase: PodPhase): boolean => phase === 'Succeeded' || phase === 'Failed';

/** What is known of a pod after one more look at it, at `at`. */
export function sightAfter(before: PodSight | undefined, seen: SeenPod, at: Instant): PodSight {
  const finished = isFinished(seen.phase);
  const firstFinished = finished ? earlier(before?.firstFinished ?? null, at) : (before?.firstFinished ?? null);
  const accepted = seen.started !== null || seen.phase !== 'Pending';
  const holds = !finished && (firstFinished === null || at <= firstFinished);
  return {
    seen: before === undefined ? seen : merged(before, seen, at),
    firstSeen: Math.min(before?.firstSeen ?? at, at),
    lastSeen: Math.max(before?.lastSeen ?? at, at),
    firstAccepted: accepted ? earlier(before?.firstAccepted ?? null, at) : (before?.firstAccepted ?? null),
    lastHolding: holds ? later(before?.lastHolding ?? null, at) : (before?.lastHolding ?? null),
    firstFinished,
  };
}

const RANKS: readonly PodPhase[] = ['Unknown', 'Pending', 'Running', 'Failed', 'Succeeded'];

function merged({ seen: known, lastSeen }: PodSight, seen: SeenPod, at: Instant): SeenPod {
  const [newest, other] = at < lastSeen ? [known, seen] : [seen, known];
  const byRank = RANKS.indexOf(newest.phase) < RANKS.indexOf(other.phase) ? other.phase : newest.phase;
  const either = known.annotations ?? seen.annotations;
  return {
    ...newest,
    node: newest.node ?? other.node,
    phase: isFinished(byRank) || at === lastSeen ? byRank : newest.phase,
    created: earlier(known.created, seen.created),
    started: earlier(known.started, seen.started),
    scheduled: earlier(known.scheduled, seen.scheduled),
    firstContainerStarted: earlier(known.firstContainerStarted, seen.firstContainerStarted),
    lastContainerStarted: later(known.lastContainerStarted, seen.lastContainerStarted),
    completed: later(known.completed, seen.completed),
    lastTerminated: later(known.lastTerminated, seen.lastTerminated),
    deletion: earlier(known.deletion, seen.deletion),
    requests: at === lastSeen || newest.requests.size === 0 ? larger(known.requests, seen.requests) : newest.requests,
    annotations: known.annotations && seen.annotations ? learned(known.annotations, seen.annotations) : either,
    labels: learned(known.labels, seen.labels),
    owner: newest.owner ?? other.owner,
  };
}

/** What was learned once stays; an empty text may still be filled. */
function learned(known: NamedValues, seen: NamedValues): NamedValues {
  const filled = Object.entries(known).filter(([, value]) => value !== '');
  return { ...known, ...seen, ...Object.fromEntries(filled) };
}

function larger(a: Amounts, b: Amounts): Amounts {
  const amounts = new Map(a);
  for (const [resource, amount] of b) amounts.set(resource, Math.max(amounts.get(resource) ?? 0, amount));
  return amounts;
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function later(a: Instant | null, b: Instant | null): Instant | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** When a pod's node accepted it, which no clock puts after it was seen accepted; null while it is not placed. */
export function podStart({ seen, firstAccepted }: PodSight): Instant | null {
  if (seen.node === null) return null;
  const told = seen.started ?? (seen.phase === 'Pending' ? null : (seen.scheduled ?? seen.firstContainerStarted));
  return told === null ? null : Math.min(told, firstAccepted ?? told);
}

/** What a pod's end is judged by, beside what was seen of it. */
export type EndPlace = {
  /** The first complete read without it, once it is gone. */
  readonly goneSince: Instant | null;
  /** When its node ended; null while there is one, or where none is known. */
  readonly nodeEnd: Instant | null;
  readonly intervalMs: number;
};

/** A pod's end; null while it holds. */
export type PodEnd = { readonly end: Instant | null; readonly endEstimated: boolean };

/**
 * When a pod ended: told by its containers where it is finished or gone, else half an interval after it was last seen
 * holding; never after its node. A told time from before the pod was last seen holding is the end of one of several
 * containers, not its own.
 */
export function podEnd(sight: PodSight, { goneSince, nodeEnd, intervalMs }: EndPlace): PodEnd {
  const start = podStart(sight) ?? sight.firstSeen;
  const { end, endEstimated } = ownEnd(sight, { goneSince, intervalMs });
  if (nodeEnd !== null && (end === null || end > nodeEnd)) return { end: Math.max(nodeEnd, start), endEstimated: true };
  return { end: end === null ? null : Math.max(end, start), endEstimated };
}

function ownEnd(sight: PodSight, { goneSince, intervalMs }: Omit<EndPlace, 'nodeEnd'>): PodEnd {
  const { seen, lastHolding, firstFinished } = sight;
  const borders = [firstFinished, goneSince].filter((time) => time !== null);
  if (borders.length === 0) return { end: null, endEstimated: false };
  const latest = Math.min(...borders);
  const told = toldEnd(sight);
  if (told !== null) return { end: Math.min(told, latest), endEstimated: false };
  const seenLast = lastHolding === null ? seen.lastContainerStarted : lastHolding + Math.round(intervalMs / 2);
  return { end: Math.min(seenLast ?? seen.started ?? sight.firstSeen, latest), endEstimated: true };
}

function toldEnd({ seen, lastHolding, firstFinished }: PodSight): Instant | null {
  if (firstFinished !== null && seen.completed !== null) return seen.completed;
  const earliest = Math.max(seen.lastContainerStarted ?? 0, firstFinished === null ? (lastHolding ?? 0) : 0);
  return [seen.completed, seen.lastTerminated, seen.deletion].find((time) => time !== null && time >= earliest) ?? null;
}
