import type { Attempt, Clues, ToldAttempt } from '../../../exporter/src/facts/attempt';
import type { Pod, PodIdentity } from '../../../exporter/src/facts/pod';
import { type Placement, placeAttempts, type PlacementInput } from '../../../exporter/src/ledger/place-attempts';
import { bytesFromGibibytes, milliVcpusFromVcpus, nanoGpusFromGpus } from '../../../exporter/src/units/quantity';

/** UTC ms of a clock time of the day on which these stories play. */
export function at(clock: string): number {
  return Date.parse(`2026-11-02T${clock.length === 5 ? `${clock}:00` : clock}Z`);
}

export const NOBODY: Clues = { podUid: null, podNamespace: null, podName: null, nodeIp: null, instanceId: null };

/** `train/42` or `train/42#1` of TrainFlow/7, told by the feed: 1 GPU requested, on no host; an open one has no end. */
export function told(path: string, [start, end]: [string, string?], facts: Partial<ToldAttempt> = {}): ToldAttempt {
  const [, step = '', task = '', number = '0'] = /^(\w+)\/([^#]+)#?(\d*)$/.exec(path) ?? [];
  return {
    key: { deployment: 'prod', flow: 'TrainFlow', run: '7', step, task, attempt: Number(number) },
    start: at(start),
    end: end === undefined ? null : at(end),
    endSource: end === undefined ? 'open' : 'attempt_ok',
    outcome: end === undefined ? 'running' : 'succeeded',
    isClone: false,
    hosts: [],
    held: { ...resources(1), source: 'graph_info' },
    confidence: 'none',
    lastSign: at(end ?? start),
    ...facts,
  };
}

const resources = (gpus: number): Omit<NonNullable<Attempt['held']>, 'source'> => ({
  gpus: nanoGpusFromGpus(gpus),
  vcpus: milliVcpusFromVcpus(8),
  memory: bytesFromGibibytes(32),
});

/** A pod named after its uid, of 2 GPUs on node-1; it lives while it has no end, and is gone well once it has. */
export function pod(uid: string, [start, end]: [string | null, string?], facts: Partial<Pod> = {}): Pod {
  return {
    cluster: 'gpu-cluster',
    ref: { uid, namespace: 'ml', name: `pod-${uid}` },
    host: 'node-1',
    phase: end === undefined ? 'Running' : 'Succeeded',
    start: start === null ? null : at(start),
    end: end === undefined ? null : at(end),
    endEstimated: false,
    lastSeen: at(end ?? '12:00'),
    held: { ...resources(2), source: 'allocation' },
    shared: false,
    identity: null,
    owner: null,
    labels: {},
    ...facts,
  };
}

/** Annotations that name an attempt of TrainFlow/7; parts that are not said are unknown. */
export const names = (step: string | null, task: string | null = null, attempt: number | null = 0): PodIdentity => ({
  flow: 'TrainFlow',
  run: '7',
  step,
  task,
  attempt,
  user: null,
  project: null,
});

/** Places the attempts of TrainFlow/7; machine i-0ab is node-8, address 10.0.0.9 is node-9. */
export function place(input: Partial<PlacementInput>): Placement {
  return placeAttempts({
    deployment: 'prod',
    told: [],
    before: [],
    pods: [],
    hostOfInstance: (id) => (id === 'i-0ab' ? 'node-8' : null),
    hostOfAddress: (address) => (address === '10.0.0.9' ? 'node-9' : null),
    ...input,
  });
}

/** One line an attempt: `train/42#0 10:00-10:47 pod succeeded node-1 2 exact a`. */
export function lines({ attempts }: Pick<Placement, 'attempts'>): string[] {
  return attempts.map(({ key, start, end, endSource, outcome, hosts, held, confidence, pod: ran }) => {
    const name = `${key.step}/${key.task}#${key.attempt}`;
    const span = `${clockOf(start)}-${end === null ? '' : clockOf(end)}`;
    const gpus = held === null ? '?' : String(Number(held.gpus) / 1e9);
    return [name, span, endSource, outcome, hosts.join() || '-', gpus, confidence, ran?.uid ?? '-'].join(' ');
  });
}

const clockOf = (instant: number): string => new Date(instant).toISOString().slice(11, 19).replace(/:00$/, '');
