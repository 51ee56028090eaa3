import { type Attempt, type AttemptKey, attemptKeyText, compareAttemptKeys, type ToldAttempt } from '../facts/attempt';
import type { Pod } from '../facts/pod';
import { type Claim, matchPods, type ScheduledPod, scheduledPods } from './match-pods';
import { attemptOfPod, attemptsInPod, endedOutcome } from './pod-window';

/** The step of pods that belong to a run but to none of its steps: exit hooks, heartbeat daemons. */
const OUTSIDE_STEPS = '_outside_steps';

/** One run: what its Metaflow feed tells, what the ledger holds, and the pods that name it or that it names. */
export type PlacementInput = {
  /** The deployment of attempts that are known by their pods alone. */
  readonly deployment: string;
  /** Empty where the run is known by its pods alone. */
  readonly told: readonly ToldAttempt[];
  readonly before: readonly Attempt[];
  readonly pods: readonly Pod[];
  /** The host that has a cloud's id of a machine; null when none has. */
  readonly hostOfInstance: (instanceId: string) => string | null;
  /** The host that has an address now; null when none has. */
  readonly hostOfAddress: (address: string) => string | null;
};

/** The run's attempts in the order of their keys, and keys that stood for a pod whose own attempt is known now. */
export type Placement = { readonly attempts: Attempt[]; readonly retracted: AttemptKey[] };

/**
 * Puts the attempts of one run where they ran, and for as long as they held.
 *
 * An attempt's pod decides on host, holding, start and end; Metaflow's records on name and outcome. A pod is matched by
 * uid (exact), by name within its time, or by annotations (strong); one whose GPU is shared gives shared. Attempts of
 * no pod are placed by machine id (exact) or by the node's address (estimated). What was placed before stays placed
 * while its pod is out of sight. A pod that names the run and that no told attempt claims is an attempt of its own. A
 * pod is never held twice: attempts that claim the same one are split at the later one's start.
 */
export function placeAttempts(input: PlacementInput): Placement {
  const pods = scheduledPods(input.pods);
  const claims = matchPods(input.told, pods, input.before);
  const claimed = new Set(claims.map(({ told }) => told));
  const placed = [
    ...byPod(claims).flatMap(([pod, claimants]) => attemptsInPod(pod, claimants)),
    ...input.told.filter((told) => !claimed.has(told)).map((told) => placedByRecords(told, input)),
  ];
  const claimedPods = new Set(claims.map(({ pod }) => pod));
  const left = pods.filter((pod) => !claimedPods.has(pod));
  const attempts = [...placed, ...unclaimedAttempts(left, input, placed)];
  return {
    attempts: attempts.sort((a, b) => compareAttemptKeys(a.key, b.key)),
    retracted: retractedKeys(input.before, attempts),
  };
}

function byPod(claims: readonly Claim[]): [ScheduledPod, Claim[]][] {
  const pods = new Map<ScheduledPod, Claim[]>();
  for (const claim of claims) pods.set(claim.pod, [...(pods.get(claim.pod) ?? []), claim]);
  return [...pods];
}

function placedByRecords({ clues, ...told }: ToldAttempt, input: PlacementInput): Attempt {
  if (told.isClone) return told;
  const before = placedBefore({ ...told, clues: clues ?? null }, input);
  if (before?.pod) return standing(told, before);
  if (told.hosts.length > 0) return told;
  const machine = clues?.instanceId ? input.hostOfInstance(clues.instanceId) : null;
  if (machine !== null) return { ...told, hosts: [machine], confidence: 'exact' };
  if (before) return standing(told, before);
  const node = clues?.nodeIp ? input.hostOfAddress(clues.nodeIp) : null;
  return node === null ? told : { ...told, hosts: [node], confidence: 'estimated' };
}

/** Where the ledger has the attempt, or what stood for the pod that it names. */
function placedBefore({ key, clues }: ToldAttempt, { before, told }: PlacementInput): Attempt | null {
  const text = attemptKeyText(key);
  const placed = before.filter(({ hosts }) => hosts.length > 0);
  const own = placed.find((attempt) => attemptKeyText(attempt.key) === text);
  if (own || !clues?.podUid) return own ?? null;
  const toldKeys = new Set(told.map((one) => attemptKeyText(one.key)));
  const ofItsPod = placed.filter(({ pod }) => pod?.uid === clues.podUid);
  return ofItsPod.find((attempt) => !toldKeys.has(attemptKeyText(attempt.key))) ?? null;
}

/** What is told of an attempt that keeps its place; an end that its pod gave stands above a told one. */
function standing(told: Attempt, before: Attempt): Attempt {
  const { hosts, held, confidence, pod } = before;
  const place = { hosts, held, confidence, ...(pod ? { pod } : {}) };
  const start = pod ? before.start : Math.min(before.start, told.start);
  const lastSign = Math.max(told.lastSign, before.lastSign);
  if (before.endSource === 'pod' && before.end !== null) {
    const outcome = endedOutcome(told) ?? before.outcome;
    return { ...told, ...place, start, end: before.end, endSource: 'pod', outcome, lastSign };
  }
  return { ...told, ...place, start, end: told.end === null ? null : Math.max(start, told.end), lastSign };
}

function unclaimedAttempts(
  pods: readonly ScheduledPod[],
  { deployment, told, before }: PlacementInput,
  placed: readonly Attempt[],
): Attempt[] {
  const run = told[0]?.key ?? before[0]?.key ?? null;
  const ofRun = pods.filter(({ identity }) => identity && (!run || isOfRun(identity, run)));
  const known = new Map(before.map((attempt) => [attempt.pod?.uid ?? '', attemptKeyText(attempt.key)]));
  const taken = new Set(placed.map(({ key }) => attemptKeyText(key)));
  const wanted = ofRun.map((pod) => ({ pod, key: namedKey(deployment, pod) }));
  const keepsKey = ({ pod, key }: { pod: ScheduledPod; key: AttemptKey }): boolean =>
    known.get(pod.ref.uid) === attemptKeyText(key);
  return [...wanted.filter(keepsKey), ...wanted.filter((one) => !keepsKey(one))].map(({ pod, key }) => {
    const own = taken.has(attemptKeyText(key)) ? { ...key, task: placeholderOf(pod) } : key;
    taken.add(attemptKeyText(own));
    return attemptOfPod(pod, own);
  });
}

const isOfRun = (identity: NonNullable<Pod['identity']>, { flow, run }: AttemptKey): boolean =>
  identity.flow === flow && identity.run === run;

const placeholderOf = ({ ref }: ScheduledPod): string => `pod:${ref.uid}`;

/** The key that a pod's annotations give; a task that they do not name is called by its pod until it is known. */
function namedKey(deployment: string, pod: ScheduledPod): AttemptKey {
  const { flow, run, step, task, attempt } = pod.identity!;
  const name = { deployment, flow, run, step: step ?? OUTSIDE_STEPS, task: task ?? placeholderOf(pod) };
  return { ...name, attempt: attempt ?? 0 };
}

function retractedKeys(before: readonly Attempt[], attempts: readonly Attempt[]): AttemptKey[] {
  const keys = new Set(attempts.map(({ key }) => attemptKeyText(key)));
  const uids = new Set(attempts.flatMap(({ pod }) => pod?.uid ?? []));
  const replaced = before.filter(({ key, pod }) => pod?.uid && uids.has(pod.uid) && !keys.has(attemptKeyText(key)));
  return replaced.map(({ key }) => key).sort(compareAttemptKeys);
}
