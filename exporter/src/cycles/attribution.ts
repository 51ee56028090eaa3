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
  readonly #leftOffAt: Instant | null;
  readonly #pods = new KnownPods();
  /** Pods of open attempts that their cluster does not show, though it has been read. */
  readonly #gone = new Set<string>();
  readonly #told = new Map<string, { readonly touched: TouchedRun; readonly at: Instant }>();
  readonly #waiting = new Map<string, RunKey>();
  /** Runs with attempts whose host nobody knew when they were placed last. */
  readonly #unplaced = new Map<string, RunKey>();

  /** `leftOffAt` is when the last process stored something: until then what it knew was there. */
  constructor(estate: Estate, leftOffAt: Instant | null) {
    this.#estate = estate;
    this.#leftOffAt = leftOffAt;
  }

  /** Takes in the pods of stored attempts, before any cluster is read. */
  remember(attempts: readonly Attempt[]): void {
    this.#pods.remember(attempts);
  }

  /** Takes in open attempts of hosts whose cluster has been read for the first time: their pods may be gone. */
  check(open: readonly Attempt[]): void {
    const gone = open.filter(({ pod }) => pod?.uid && !this.#pods.has(pod.uid));
    for (const { pod } of gone) this.#gone.add(pod!.uid!);
    this.#wait(gone.map(({ key }) => ({ deployment: key.deployment, flow: key.flow, run: key.run })));
  }

  /** True for an attempt whose pod nothing shows though its cluster has been read. */
  isGone({ pod }: Attempt): boolean {
    return pod?.uid ? this.#gone.has(pod.uid) && !this.#pods.has(pod.uid) : false;
  }

  /** Hosts are known now that were not: runs with attempts that had no place wait to be placed again. */
  placeAgain(): void {
    this.#wait([...this.#unplaced.values()]);
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
    for (const [text, { touched, at }] of this.#told) {
      const isOver = touched.run?.outcome !== 'running' && now - at > KEPT_MS;
      if (isOver) this.#told.delete(text);
    }
    this.#pods.prune(now, (key) => this.#told.has(runKeyText(key)));
  }

  /** Places a touched run; `before` are the attempts, and `known` the run, that the store holds. */
  place({ key, run, told }: TouchedRun, before: readonly Attempt[], known: RunRecord | null): PlacedRun {
    const pods = this.#pods.of(key);
    const elsewhere = before.filter(({ pod }) => pod?.uid && this.#pods.isElsewhere(pod.uid, key));
    const taken = elsewhere.map((attempt) => attempt.key);
    if (isWorkload(key)) return { ...placeWorkload(pods, known), retracted: taken };
    const own = before.filter((attempt) => !elsewhere.includes(attempt));
    const { attempts, retracted } = placeAttempts({
      deployment: key.deployment,
      told: told ?? own.flatMap((attempt) => this.#toldByStore(attempt)),
      before: told ? placedByEvidence(own, told) : own,
      pods,
      hostOfInstance: (id) => hostOfInstance(this.#estate, id),
      hostOfAddress: (address) => this.#estate.addresses?.get(address) ?? null,
    });
    this.#noteUnplaced(key, attempts);
    const shown = new Set(attempts.map((attempt) => attemptKeyText(attempt.key)));
    const lost = taken.filter((one) => !shown.has(attemptKeyText(one)));
    return { run: runOf({ key, run, pods, known, attempts }), attempts, retracted: [...retracted, ...lost] };
  }

  #noteUnplaced(key: RunKey, attempts: readonly Attempt[]): void {
    const { hosts } = this.#estate;
    const isLost = attempts.some(
      (one) => !one.isClone && (one.hosts.length === 0 || one.hosts.some((name) => !hosts.has(name))),
    );
    if (isLost) this.#unplaced.set(runKeyText(key), key);
    else this.#unplaced.delete(runKeyText(key));
  }

  /** What the store holds of an attempt, as if its feed told it; a placeholder of a pod comes from the pod itself. */
  #toldByStore({ pod, ...attempt }: Attempt): ToldAttempt[] {
    if (!pod) return [attempt];
    const isGone = attempt.end === null && this.isGone({ ...attempt, pod });
    if (attempt.key.task.startsWith('pod:') && !isGone) return [];
    const { uid: podUid, namespace: podNamespace, name: podName } = pod;
    const end = Math.max(attempt.start, attempt.lastSign, this.#leftOffAt ?? 0);
    const ended = isGone ? ({ end, endSource: 'pod', outcome: 'lost' } as const) : {};
    return [{ ...attempt, ...ended, pod, clues: { podUid, podNamespace, podName, nodeIp: null, instanceId: null } }];
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

type RunParts = {
  readonly key: RunKey;
  readonly run: RunRecord | null;
  readonly pods: readonly Pod[];
  readonly known: RunRecord | null;
  readonly attempts: readonly Attempt[];
};

/** A workload by its pods; one that has none any more is over, whatever it was known as. */
function placeWorkload(pods: readonly Pod[], known: RunRecord | null): Omit<PlacedRun, 'retracted'> {
  const placed = pods.flatMap((pod) => workloadOf(pod) ?? []);
  const attempts = placed.map(({ attempt }) => attempt);
  const run = placed.at(-1)?.run ?? known;
  return { run: run && { ...run, ...spanOf(attempts, known) }, attempts };
}

/** A run as its feed tells it, or told it; else what its pods make of it. */
function runOf({ run, ...parts }: RunParts): RunRecord | null {
  if (run !== null) return run;
  return parts.known !== null && parts.known.fingerprint !== '' ? parts.known : runOfPods(parts);
}

type Span = Pick<RunRecord, 'startedAt' | 'endedAt' | 'outcome'>;

/** From when to when attempts lasted; without any, what was known is over. */
function spanOf(attempts: readonly Attempt[], known: RunRecord | null): Span {
  const isLive = attempts.some(({ end }) => end === null);
  const startedAt = Math.min(known?.startedAt ?? Infinity, ...attempts.map(({ start }) => start));
  const lastEnd = Math.max(startedAt, known?.endedAt ?? startedAt, ...attempts.map(({ end }) => end ?? startedAt));
  return { startedAt, endedAt: isLive ? null : lastEnd, outcome: isLive ? 'running' : 'unknown' };
}

/** A run of which nothing but its pods is known; `known` is what was made of them before. */
function runOfPods({ key, pods, known, attempts }: Omit<RunParts, 'run'>): RunRecord | null {
  if (attempts.length === 0 && known === null) return null;
  const identity = pods.find((pod) => pod.identity)?.identity;
  return {
    key,
    ...spanOf(attempts, known),
    user: identity?.user ?? known?.user ?? null,
    tags: [],
    systemTags: identity?.project ? [`project:${identity.project}`] : (known?.systemTags ?? []),
    runtime: 'kubernetes',
    variant: null,
    config: null,
    fingerprint: '',
  };
}
