import type { Instant } from '../units/interval';
import type { Bytes, MilliVcpus, NanoGpus } from '../units/quantity';
import { compareUtf8 } from '../units/utf8-order';
import type { PodRef } from './pod-ref';

/** Names one run. All parts are text; ids are never joined on alone. */
export type RunKey = { readonly deployment: string; readonly flow: string; readonly run: string };

/** Names one attempt of one task. */
export type AttemptKey = RunKey & { readonly step: string; readonly task: string; readonly attempt: number };

/** How a run or an attempt ended, or that it did not. */
export type Outcome = 'running' | 'succeeded' | 'failed' | 'killed' | 'lost' | 'unknown';

/** Which evidence gave an attempt's end; the order of trust is DESIGN §5. */
export type EndSource =
  | 'pod'
  | 'job'
  | 'scheduler'
  | 'attempt_ok'
  | 'attempt_done'
  | 'runtime_file'
  | 'next_start'
  | 'heartbeat'
  | 'run_heartbeat'
  | 'last_record'
  | 'open';

/** How surely an attempt is tied to what it held. */
export type Confidence = 'exact' | 'strong' | 'shared' | 'estimated' | 'declared' | 'none';

/** What an attempt asked for, or was declared to hold. */
export type HeldResources = {
  readonly gpus: NanoGpus;
  readonly vcpus: MilliVcpus;
  readonly memory: Bytes;
  readonly source: 'allocation' | 'holdings' | 'graph_info';
};

/** One attempt: what holds a share of a host from `start` to `end` (null while it is open). */
export type Attempt = {
  readonly key: AttemptKey;
  readonly start: Instant;
  readonly end: Instant | null;
  readonly endSource: EndSource;
  readonly outcome: Outcome;
  /** A clone of a resumed run: it copied results, held nothing and costs 0. */
  readonly isClone: boolean;
  /** The hosts it ran on; empty when no feed and no configuration names one. */
  readonly hosts: readonly string[];
  /** Null when nothing says what it held: an issue, never a whole node. */
  readonly held: HeldResources | null;
  readonly confidence: Confidence;
  /** The last sign of life, in UTC ms. */
  readonly lastSign: Instant;
  /** The pod that ran it, where one is known. */
  readonly pod?: PodRef | null;
};

/** What an attempt's own records say about where it ran; each part null where they do not. */
export type Clues = {
  readonly podUid: string | null;
  readonly podNamespace: string | null;
  readonly podName: string | null;
  /** The address of the node. */
  readonly nodeIp: string | null;
  /** The cloud's id of the machine. */
  readonly instanceId: string | null;
};

/** An attempt as a feed tells it, before it is tied to pods and hosts. */
export type ToldAttempt = Attempt & { readonly clues?: Clues | null };

/** Total order of attempts: each name by UTF-8 bytes, the attempt by number. Ties of money go by it. */
export function compareAttemptKeys(a: AttemptKey, b: AttemptKey): number {
  return (
    compareUtf8(a.deployment, b.deployment) ||
    compareUtf8(a.flow, b.flow) ||
    compareUtf8(a.run, b.run) ||
    compareUtf8(a.step, b.step) ||
    compareUtf8(a.task, b.task) ||
    a.attempt - b.attempt
  );
}

/** One text a run, for maps; JSON, so that no separator inside a name can collide. */
export function runKeyText({ deployment, flow, run }: RunKey): string {
  return JSON.stringify([deployment, flow, run]);
}

/** One text an attempt, for maps. */
export function attemptKeyText({ deployment, flow, run, step, task, attempt }: AttemptKey): string {
  return JSON.stringify([deployment, flow, run, step, task, attempt]);
}

/** Metaflow's own way to write it: `Flow/run/step/task`. */
export function pathspecOf({ flow, run, step, task }: AttemptKey): string {
  return `${flow}/${run}/${step}/${task}`;
}
