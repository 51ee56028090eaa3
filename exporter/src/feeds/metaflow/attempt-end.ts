import type { EndSource, Outcome } from '../../facts/attempt';
import type { Instant } from '../../units/interval';
import type { RuntimeFile } from './task-record';

/** Everything that may say when and how an attempt ended; a transport leaves out what it does not have. */
export type EndEvidence = {
  readonly start: Instant;
  readonly podEnd?: Instant;
  readonly jobEnd?: Instant;
  readonly schedulerEnd?: Instant;
  readonly attemptOk?: { readonly at: Instant; readonly ok: boolean };
  readonly attemptDone?: Instant;
  readonly taskOk?: boolean;
  readonly runtimeFile?: RuntimeFile;
  readonly nextStart?: Instant;
  /** How long Metaflow waited before the next attempt, in ms; 0 where it does not wait. */
  readonly retryWaitMs: number;
  readonly taskHeartbeat?: Instant;
  readonly runHeartbeat?: Instant;
  /** The run's last record. */
  readonly lastRecord?: Instant;
  /** The run has ended by its own records: last resorts count. */
  readonly runEnded: boolean;
  /** Nothing was heard of the run for too long: last resorts count and the attempt is lost. */
  readonly silent: boolean;
};

/** When an attempt ended, what says so, and how. */
export type AttemptEnd = { readonly end: Instant | null; readonly endSource: EndSource; readonly outcome: Outcome };

/**
 * Weighs the evidence in DESIGN §5's order of trust. A fallback earlier than the start is skipped; when that leaves
 * none and the attempt did end, it ends at the next attempt's start, else at its own start. Otherwise it is open.
 */
export function attemptEnd(evidence: EndEvidence): AttemptEnd {
  const ended = surelyEnded(evidence) ?? lastResort(evidence);
  if (ended === null) return { end: null, endSource: 'open', outcome: 'running' };
  const isLost = evidence.silent && !evidence.runEnded && LAST_RESORTS.has(ended.endSource);
  return { ...ended, outcome: isLost ? 'lost' : outcomeOf(evidence) };
}

type Ended = Pick<AttemptEnd, 'endSource'> & { readonly end: Instant };

const LAST_RESORTS: ReadonlySet<EndSource> = new Set(['heartbeat', 'run_heartbeat', 'last_record']);
const KILLED_BY_SIGNAL = new Set([137, 143]);

function surelyEnded(evidence: EndEvidence): Ended | null {
  const { start, nextStart, retryWaitMs } = evidence;
  const said = present([
    ['pod', evidence.podEnd],
    ['job', evidence.jobEnd],
    ['scheduler', evidence.schedulerEnd],
    ['attempt_ok', evidence.attemptOk?.at],
    ['attempt_done', evidence.attemptDone],
    ['runtime_file', evidence.runtimeFile?.at],
    ['next_start', nextStart === undefined ? undefined : nextStart - retryWaitMs],
  ]);
  const credible = said.find(({ end }) => end >= start);
  if (credible || said.length === 0) return credible ?? null;
  if (nextStart !== undefined && nextStart >= start) return { endSource: 'next_start', end: nextStart };
  return { endSource: said[0]!.endSource, end: start };
}

function lastResort({ start, runEnded, silent, ...evidence }: EndEvidence): Ended | null {
  if (!runEnded && !silent) return null;
  const said = present([
    ['heartbeat', evidence.taskHeartbeat],
    ['run_heartbeat', evidence.runHeartbeat],
    ['last_record', evidence.lastRecord],
  ]);
  return said.find(({ end }) => end >= start) ?? { endSource: 'last_record', end: start };
}

function present(list: readonly (readonly [EndSource, Instant | undefined])[]): Ended[] {
  return list.flatMap(([endSource, end]) => (end === undefined ? [] : [{ endSource, end }]));
}

function outcomeOf({ attemptOk, taskOk, runtimeFile, attemptDone }: EndEvidence): Outcome {
  if (attemptOk?.ok) return 'succeeded';
  if (attemptOk) return runtimeFile?.killedByMetaflow ? 'killed' : 'failed';
  const ofProcess = runtimeFile ? outcomeOfProcess(runtimeFile) : 'unknown';
  if (ofProcess !== 'unknown') return ofProcess;
  if (taskOk !== undefined) return taskOk ? 'succeeded' : 'failed';
  return attemptDone === undefined && !runtimeFile ? 'killed' : 'unknown';
}

function outcomeOfProcess({ returnCode, killedByMetaflow }: RuntimeFile): Outcome {
  if (returnCode === null) return killedByMetaflow ? 'killed' : 'unknown';
  if (killedByMetaflow || returnCode < 0 || KILLED_BY_SIGNAL.has(returnCode)) return 'killed';
  return returnCode === 0 ? 'succeeded' : 'failed';
}
