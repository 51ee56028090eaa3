import { z } from 'zod';
import { assert } from '../../assert';
import { type Attempt, attemptKeyText, type Confidence, type EndSource, type HeldResources } from '../../facts/attempt';
import type { PodRef } from '../../facts/pod';
import { bytes, milliVcpus, nanoGpus } from '../../units/quantity';
import { hashOf } from '../content-hash';
import type { Row } from '../engine';
import { outcomeCell } from './run-row';
import { bigintCell, int64Text, numberCell } from './scalars';

const END_SOURCES = [
  'pod',
  'job',
  'scheduler',
  'attempt_ok',
  'attempt_done',
  'runtime_file',
  'next_start',
  'heartbeat',
  'run_heartbeat',
  'last_record',
  'open',
] as const satisfies readonly EndSource[];
/** Every confidence, the surest first. */
export const CONFIDENCES = [
  'exact',
  'strong',
  'shared',
  'estimated',
  'declared',
  'none',
] as const satisfies readonly Confidence[];
const HELD_SOURCES = ['allocation', 'holdings', 'graph_info'] as const satisfies readonly HeldResources['source'][];
const MAX_ATTEMPT = 2 ** 32 - 1;

/** One row of `attempts` → the fact. */
export const attemptRow = z
  .object({
    deployment: z.string(),
    flow: z.string(),
    run: z.string(),
    step: z.string(),
    task: z.string(),
    attempt: z.number().int(),
    start_at: numberCell,
    end_at: numberCell.nullable(),
    end_source: z.enum(END_SOURCES),
    outcome: outcomeCell,
    is_clone: z.boolean(),
    hosts: z.array(z.string()),
    held_gpus: bigintCell.nullable(),
    held_vcpus: bigintCell.nullable(),
    held_memory: bigintCell.nullable(),
    held_source: z.enum(HELD_SOURCES).nullable(),
    confidence: z.enum(CONFIDENCES),
    last_sign: numberCell,
    pod_uid: z.string().nullable(),
    pod_namespace: z.string().nullable(),
    pod_name: z.string().nullable(),
  })
  .transform(({ deployment, flow, run, step, task, attempt, ...row }): Attempt => ({
    key: { deployment, flow, run, step, task, attempt },
    start: row.start_at,
    end: row.end_at,
    endSource: row.end_source,
    outcome: row.outcome,
    isClone: row.is_clone,
    hosts: row.hosts,
    held: heldOf(row),
    confidence: row.confidence,
    lastSign: row.last_sign,
    ...podOf(row),
  }));

type PodCells = Readonly<Record<'pod_uid' | 'pod_namespace' | 'pod_name', string | null>>;

function podOf({ pod_uid: uid, pod_namespace: namespace, pod_name: name }: PodCells): Pick<Attempt, 'pod'> {
  return namespace === null || name === null ? {} : { pod: { uid, namespace, name } };
}

const cellsOfPod = (pod: PodRef | null): PodCells => ({
  pod_uid: pod?.uid ?? null,
  pod_namespace: pod?.namespace ?? null,
  pod_name: pod?.name ?? null,
});

type HeldCells = {
  readonly held_gpus: bigint | null;
  readonly held_vcpus: bigint | null;
  readonly held_memory: bigint | null;
  readonly held_source: HeldResources['source'] | null;
};

function heldOf({
  held_gpus: gpus,
  held_vcpus: vcpus,
  held_memory: memory,
  held_source: source,
}: HeldCells): HeldResources | null {
  if (gpus === null || vcpus === null || memory === null || source === null) return null;
  return { gpus: nanoGpus(gpus), vcpus: milliVcpus(vcpus), memory: bytes(memory), source };
}

/** The fact → one row of `attempts`, without its load. */
export function rowOfAttempt(attempt: Attempt): Row & { content_hash: string } {
  const { key, held, pod = null } = attempt;
  const counted = Number.isInteger(key.attempt) && key.attempt >= 0 && key.attempt <= MAX_ATTEMPT;
  assert(counted, `Attempt number ${key.attempt} is not a count.`);
  const { deployment, flow, run, step, task } = key;
  const row = {
    deployment,
    flow,
    run,
    step,
    task,
    attempt: key.attempt,
    start_at: int64Text(attempt.start),
    end_at: attempt.end === null ? null : int64Text(attempt.end),
    end_source: attempt.endSource,
    outcome: attempt.outcome,
    is_clone: attempt.isClone,
    hosts: attempt.hosts,
    held_gpus: held && int64Text(held.gpus),
    held_vcpus: held && int64Text(held.vcpus),
    held_memory: held && int64Text(held.memory),
    held_source: held && held.source,
    confidence: attempt.confidence,
    last_sign: int64Text(attempt.lastSign),
  };
  // The hash of an attempt without a pod is what it was before attempts had pods: it is no new version of itself.
  const content = pod === null ? row : { ...row, ...cellsOfPod(pod) };
  return { ...row, ...cellsOfPod(pod), content_hash: hashOf(JSON.stringify(content)) };
}

/**
 * One row of `attempt_hosts`, without its load, for each host of an attempt; hosts of the version before that it has
 * left get a row that says so.
 */
export function rowsOfAttemptHosts(attempt: Attempt, lastHosts: readonly string[]): Row[] {
  const { key, start, end, hosts, isClone, held } = attempt;
  const attemptId = BigInt(`0x${hashOf(attemptKeyText(key)).slice(0, 32)}`).toString();
  return [...new Set([...hosts, ...lastHosts])].map((host) => ({
    host,
    attempt_id: attemptId,
    deployment: key.deployment,
    flow: key.flow,
    run: key.run,
    step: key.step,
    task: key.task,
    attempt: key.attempt,
    start_at: int64Text(start),
    end_at: end === null ? null : int64Text(end),
    present: !isClone && hosts.includes(host),
    held: held !== null,
  }));
}
