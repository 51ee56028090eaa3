import {
  type Attempt,
  type AttemptKey,
  attemptKeyText,
  type RunKey,
  runKeyText,
  type ToldAttempt,
} from '../facts/attempt';
import type { Pod } from '../facts/pod';
import type { RunRecord } from '../facts/run';
import { isWorkload } from '../facts/workload';
import type { ClusterBatch } from '../feeds/kubernetes/cluster-batch';
import { placeAttempts } from '../ledger/place-attempts';
import { workloadOf } from '../ledger/workloads';
import type { Instant } from '../units/interval';
import { type Estate, hostOfInstance } from './estate';
import { KnownPods } from './known-pods';

/** A run or workload that is to be placed: as its feed tells it, or null where only pods or the store know it. */
export type TouchedRun = {
  readonly key: RunKey;
  readonly run: RunRecord | null;
  readonly told: readonly ToldAttempt[] | null;
};

/** A run's attempts where their pods put them, and keys that stood for a pod until its attempt was known. */
export type PlacedRun = {
  /** Null where neither feed nor pods nor store know the run. */
  readonly run: RunRecord | null;
  readonly attempts: readonly Attempt[];
  readonly retracted: readonly AttemptKey[];
};

/** How long what was told of an ended run is kept, for pods that end after it. */
const KEPT_MS = 2 * 3_600_000;

/** Ties what Metaflow tells of runs to the pods that clusters show, whichever comes first. */
export class Attribution {
  readonly #estate: Estate;
  readonly #pods = new KnownPods();
  readonly #told = new Map<string, { readonly touched: TouchedRun; readonly at: Instant }>();
  readonly #waiting = new Map<string, RunKey>();

  constructor(estate: Estate) {
    this.#estate = estate;
  }

  /** Takes in runs as their feed tells them; each comes back with its attempts, ready to be placed. */
  hear(runs: readonly RunRecord[], attempts: readonly ToldAttempt[], at: Instant): TouchedRun[] {
    const byRun = new Map<string, ToldAttempt[]>(runs.map(({ key }) => [runKeyText(key), []]));
    for (const attempt of attempts) byRun.get(runKeyText(attempt.key))?.push(attempt);
    const heard = runs.map((run) => ({ key: run.key, run, told: byRun.get(runKeyText(run.key))! }));
    for (const touched of heard) {
      this.#told.set(runKeyText(touched.key), { touched, at });
      this.#wait(this.#pods.claim(touched.key, touched.told));
    }
    for (const { key } of heard) this.#waiting.delete(runKeyText(key));
    return heard;
  }

  /** Takes in pods of a cluster; the runs and workloads that they move wait to be placed. */
  see({ pods }: ClusterBatch, deployment: string): void {
    this.#wait(this.#pods.see(pods, deployment));
  }

  /** The runs and workloads that pods have moved; they wait until {@link Attribution.settle} is told of them. */
  waiting(limit: number): TouchedRun[] {
    const keys = [...this.#waiting.values()].slice(0, limit);
    return keys.map((key) => this.#told.get(runKeyText(key))?.touched ?? { key, run: null, told: null });
  }

  /** These were stored. */
  settle(touched: readonly TouchedRun[]): void {
    for (const { key } of touched) this.#waiting.delete(runKeyText(key));
  }

  /** The runs and workloads that pods show. */
  shown(): ReadonlySet<string> {
    return this.#pods.owners();
  }

  /** Forgets what is long over. */
  prune(now: Instant): void {
    this.#pods.prune(now);
    for (const [text, { touched, at }] of this.#told) {
      const isOver = touched.run?.outcome !== 'running' && now - at > KEPT_MS;
      if (isOver) this.#told.delete(text);
    }
  }

  /** Places a touched run; `before` are the attempts, and `known` the run, that the store holds. */
  place({ key, run, told }: TouchedRun, before: readonly Attempt[], known: RunRecord | null): PlacedRun {
    const pods = this.#pods.of(key);
    if (isWorkload(key)) {
      const left = before.filter(
        ({ key: { task } }) => this.#pods.has(task) && !pods.some(({ ref }) => ref.uid === task),
      );
      return { ...placeWorkload(pods, known), retracted: left.map((attempt) => attempt.key) };
    }
    const { attempts, retracted } = placeAttempts({
      deployment: key.deployment,
      told: told ?? before.flatMap(toldByStore),
      before: told ? placedByEvidence(before, told) : before,
      pods,
      hostOfInstance: (id) => hostOfInstance(this.#estate, id),
      hostOfAddress: (address) => this.#estate.addresses?.get(address) ?? null,
    });
    const isTold = known !== null && known.fingerprint !== '';
    return { run: run ?? (isTold ? known : (runOfPods(key, pods, known) ?? known)), attempts, retracted };
  }

  #wait(keys: readonly RunKey[]): void {
    for (const key of keys) this.#waiting.set(runKeyText(key), key);
  }
}

/** Attempts that a pod or a machine placed; where only the configuration did, it decides again. */
function placedByEvidence(before: readonly Attempt[], told: readonly ToldAttempt[]): Attempt[] {
  const named = new Set(
    told.filter(({ clues }) => clues?.instanceId || clues?.nodeIp).map(({ key }) => attemptKeyText(key)),
  );
  return before.filter(({ key, pod }) => pod || named.has(attemptKeyText(key)));
}

/** What the store holds of an attempt, as if its feed told it; a placeholder of a pod comes from the pod itself. */
function toldByStore({ pod, ...attempt }: Attempt): ToldAttempt[] {
  if (attempt.key.task.startsWith('pod:')) return [];
  if (!pod) return [attempt];
  const { uid: podUid, namespace: podNamespace, name: podName } = pod;
  return [{ ...attempt, pod, clues: { podUid, podNamespace, podName, nodeIp: null, instanceId: null } }];
}

function placeWorkload(pods: readonly Pod[], known: RunRecord | null): Omit<PlacedRun, 'retracted'> {
  const placed = pods.flatMap((pod) => workloadOf(pod) ?? []);
  const attempts = placed.map(({ attempt }) => attempt);
  if (placed.length === 0) return { run: known, attempts };
  const isLive = attempts.some(({ end }) => end === null);
  const startedAt = Math.min(known?.startedAt ?? Infinity, ...attempts.map(({ start }) => start));
  const endedAt = isLive ? null : Math.max(...attempts.map(({ end }) => end!));
  const outcome = isLive ? 'running' : 'unknown';
  return { run: { ...placed.at(-1)!.run, startedAt, endedAt, outcome }, attempts };
}

/** A run of which nothing but its pods is known; `known` is what was made of them before. */
function runOfPods(key: RunKey, pods: readonly Pod[], known: RunRecord | null): RunRecord | null {
  const held = pods.filter(({ start }) => start !== null);
  const identity = pods.find((pod) => pod.identity)?.identity;
  if (held.length === 0) return null;
  const isLive = held.some(({ end }) => end === null);
  return {
    key,
    startedAt: Math.min(known?.startedAt ?? Infinity, ...held.map(({ start }) => start!)),
    endedAt: isLive ? null : Math.max(...held.map(({ end }) => end!)),
    outcome: isLive ? 'running' : 'unknown',
    user: identity?.user ?? null,
    tags: [],
    systemTags: identity?.project ? [`project:${identity.project}`] : [],
    runtime: 'kubernetes',
    variant: null,
    config: null,
    fingerprint: '',
  };
}
