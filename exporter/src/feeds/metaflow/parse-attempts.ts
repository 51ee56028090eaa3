import type { Clues } from '../../facts/attempt';
import type { Instant } from '../../units/interval';
import { cluesOf, isClue } from './clues';
import { readAttemptNumber } from './parse-row';
import type { MetadataRow, RuntimeFile, TaskRecord } from './task-record';

/** What one attempt's records say, before anything is concluded from them. */
export type AttemptRecord = {
  readonly step: string;
  readonly task: string;
  readonly attempt: number;
  /** A clone made by `resume`: it copied results and ran nothing. */
  readonly isClone: boolean;
  readonly start: Instant;
  readonly attemptOk?: { readonly at: Instant; readonly ok: boolean };
  readonly attemptDone?: Instant;
  readonly taskOk?: boolean;
  readonly runtimeFile?: RuntimeFile;
  /** The start of the task's next attempt. */
  readonly nextStart?: Instant;
  readonly taskHeartbeat?: Instant;
  /** The newest record of its task, heartbeats included. */
  readonly taskLastSign?: Instant;
  /** Where its own rows say that it ran. */
  readonly clues?: Clues | null;
};

/** A task's attempts in order, and the numbers of those that ended without ever having started. */
export type TaskAttempts = { readonly attempts: readonly AttemptRecord[]; readonly withoutStart: readonly number[] };

/**
 * Finds a task's attempts. Only `attempt` rows make one: of doubles the earliest start counts, and the latest
 * `attempt_ok`. Rows without an `attempt_id` tag belong to the attempt under way when they were written.
 */
export function attemptsOf(task: TaskRecord): TaskAttempts {
  const starts = startsOf(task.rows);
  const numbers = [...starts.keys()].sort((a, b) => a - b);
  const isClone = task.rows.some(({ field }) => field === 'origin-task-id');
  const ends = endsOf(task.rows, starts);
  const clueRows = cluesByAttempt(task.rows, starts);
  const attempts = numbers.map((attempt, index) => ({
    step: task.step,
    task: task.task,
    attempt,
    isClone,
    start: starts.get(attempt)!,
    ...ends.get(attempt),
    taskOk: task.taskOk.get(attempt),
    runtimeFile: task.runtimeFiles.get(attempt),
    nextStart: starts.get(numbers[index + 1] ?? -1),
    taskHeartbeat: task.heartbeat ?? undefined,
    taskLastSign: task.lastSign ?? undefined,
    clues: isClone ? null : cluesOf(clueRows.get(attempt) ?? []),
  }));
  const ended = new Set([...ends.keys(), ...task.runtimeFiles.keys()]);
  const withoutStart = [...ended].filter((attempt) => !starts.has(attempt)).sort((a, b) => a - b);
  return { attempts, withoutStart };
}

function startsOf(rows: readonly MetadataRow[]): Map<number, Instant> {
  const starts = new Map<number, Instant>();
  for (const { field, value, at } of rows) {
    const attempt = field === 'attempt' ? readAttemptNumber(value) : null;
    if (attempt !== null) starts.set(attempt, Math.min(at, starts.get(attempt) ?? Infinity));
  }
  return starts;
}

type Ends = Pick<AttemptRecord, 'attemptOk' | 'attemptDone'>;

function endsOf(rows: readonly MetadataRow[], starts: ReadonlyMap<number, Instant>): Map<number, Ends> {
  const ends = new Map<number, Ends>();
  for (const row of rows) {
    if (row.field !== 'attempt_ok' && row.field !== 'attempt-done') continue;
    const attempt = row.attempt ?? attemptUnderWay(row.at, starts);
    const known = ends.get(attempt) ?? {};
    if (row.field === 'attempt-done') {
      ends.set(attempt, { ...known, attemptDone: Math.max(row.at, known.attemptDone ?? -Infinity) });
    } else if (!known.attemptOk || known.attemptOk.at <= row.at) {
      ends.set(attempt, { ...known, attemptOk: { at: row.at, ok: row.value === 'True' } });
    }
  }
  return ends;
}

function cluesByAttempt(
  rows: readonly MetadataRow[],
  starts: ReadonlyMap<number, Instant>,
): ReadonlyMap<number, readonly MetadataRow[]> {
  const found = new Map<number, MetadataRow[]>();
  for (const row of rows.filter(isClue)) {
    const attempt = row.attempt ?? attemptUnderWay(row.at, starts);
    found.set(attempt, [...(found.get(attempt) ?? []), row]);
  }
  return found;
}

/** The newest attempt started by `at`; before the first start, the first attempt. */
function attemptUnderWay(at: Instant, starts: ReadonlyMap<number, Instant>): number {
  const begun = [...starts].filter(([, start]) => start <= at).sort((a, b) => a[1] - b[1] || a[0] - b[0]);
  return begun[begun.length - 1]?.[0] ?? Math.min(0, ...starts.keys());
}
