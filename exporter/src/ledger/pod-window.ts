import type { Attempt, AttemptKey, EndSource, Outcome } from '../facts/attempt';
import type { Instant } from '../units/interval';
import type { Claim, ScheduledPod } from './match-pods';

/** How an attempt ended by its own records; null where they do not say. */
export function endedOutcome({ outcome }: Pick<Attempt, 'outcome'>): Outcome | null {
  return ['succeeded', 'failed', 'killed'].includes(outcome) ? outcome : null;
}

/** The attempt that only its pod tells of. */
export function attemptOfPod(pod: ScheduledPod, key: AttemptKey): Attempt {
  const window = windowOf(pod, null);
  const outcome = window.end === null ? 'running' : outcomeOf(pod, null);
  const lastSign = Math.max(pod.start, pod.lastSeen);
  return { key, ...window, outcome, isClone: false, ...heldBy(pod), confidence: surenessOf(pod, 'strong'), lastSign };
}

/** The attempts that one pod ran: its whole window, cut where the next of them starts. */
export function attemptsInPod(pod: ScheduledPod, claims: readonly Claim[]): Attempt[] {
  const inOrder = [...claims].sort((a, b) => a.told.start - b.told.start || a.told.key.attempt - b.told.key.attempt);
  const window = windowOf(pod, inOrder.at(-1)!.told);
  const starts = inOrder.map(({ told }, place) => (place === 0 ? pod.start : clamp(told.start, window)));
  return inOrder.map(({ told, confidence }, place): Attempt => {
    const next = starts[place + 1];
    const span = { ...window, start: starts[place]!, ...(next === undefined ? {} : CUT), end: next ?? window.end };
    const outcome = endOfTurn({ pod, told, isLast: next === undefined, isOpen: span.end === null });
    const lastSign = Math.max(told.lastSign, pod.lastSeen);
    const sureness = surenessOf(pod, confidence);
    return { key: told.key, ...span, outcome, isClone: false, ...heldBy(pod), confidence: sureness, lastSign };
  });
}

const CUT: { readonly endSource: EndSource } = { endSource: 'next_start' };

type Turn = {
  readonly pod: ScheduledPod;
  readonly told: Claim['told'];
  readonly isLast: boolean;
  readonly isOpen: boolean;
};

function endOfTurn({ pod, told, isLast, isOpen }: Turn): Outcome {
  if (!isLast) return endedOutcome(told) ?? 'unknown';
  return isOpen ? 'running' : outcomeOf(pod, told);
}

type Window = { readonly start: Instant; readonly end: Instant | null; readonly endSource: EndSource };

/**
 * From when to when a pod holds. While it lives it is open, whatever is told. An end that nobody told (it was last seen
 * then) gives way to a later end, or a later sign of life, of its attempt.
 */
function windowOf({ start, end, endEstimated }: ScheduledPod, told: Attempt | null): Window {
  if (end === null) return { start, end: null, endSource: 'open' };
  const until = Math.max(start, end);
  if (endEstimated && told && told.end === null && told.lastSign > until)
    return { start, end: null, endSource: 'open' };
  if (endEstimated && told && told.end !== null && told.end > until)
    return { start, end: told.end, endSource: told.endSource };
  return { start, end: until, endSource: 'pod' };
}

const clamp = (at: Instant, { start, end }: Window): Instant => Math.min(Math.max(at, start), end ?? Infinity);

/** Metaflow's own word, else the pod's phase; a pod that was gone before it finished was killed, or is lost. */
function outcomeOf({ phase, endEstimated }: ScheduledPod, told: Attempt | null): Outcome {
  const known = told && endedOutcome(told);
  if (known) return known;
  if (phase === 'Succeeded') return 'succeeded';
  if (phase === 'Failed') return 'failed';
  return endEstimated ? 'lost' : 'killed';
}

function heldBy({ host, held, ref }: ScheduledPod): Pick<Attempt, 'hosts' | 'held' | 'pod'> {
  return { hosts: host === null ? [] : [host], held, pod: ref };
}

const surenessOf = ({ shared }: ScheduledPod, confidence: Claim['confidence']): Attempt['confidence'] =>
  shared ? 'shared' : confidence;
