import type { Instant } from '../units/interval';
import { heartbeatAt, type MetadataRow, type RowId, type RunHistory, type TaskHistory } from './history';

/** What the services call a run, and when it finished. */
export type RunStatus = {
  readonly status: 'running' | 'completed' | 'failed';
  readonly finishedAt: Instant | null;
};

const RUN_SILENCE_MS = 360_000;
const TASK_SILENCE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * A run's status by the rules of the services: the `attempt_ok` of a step named `end`, else its heartbeat. A run that
 * is {@link runAt} `at` says nothing of later rows.
 */
export function runStatus(run: RunHistory, at: Instant): RunStatus {
  const atEnd = run.metadata.filter(({ step_name }) => step_name === 'end');
  const ok = newest(atEnd.filter(({ field_name }) => field_name === 'attempt_ok'));
  const begun = newest(atEnd.filter(({ field_name }) => field_name === 'attempt'));
  if (ok?.value === 'False' && begun && begun.ts_epoch > ok.ts_epoch) return { status: 'running', finishedAt: null };
  if (ok) return { status: ok.value === 'True' ? 'completed' : 'failed', finishedAt: ok.ts_epoch };
  const beat = run.row.last_heartbeat_ts ?? heartbeatAt(run.beats, at);
  if (beat !== null && at - beat * 1000 <= RUN_SILENCE_MS) return { status: 'running', finishedAt: null };
  return { status: 'failed', finishedAt: beat === null ? null : beat * 1000 };
}

const newest = (rows: readonly MetadataRow[]): MetadataRow | null =>
  rows.reduce<MetadataRow | null>((last, row) => (last && last.ts_epoch >= row.ts_epoch ? last : row), null);

/** One attempt of a task as the UI backend shows it. */
export type AttemptStatus = {
  readonly attempt: number;
  readonly status: 'running' | 'completed' | 'failed' | 'unknown' | 'pending';
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
};

/** The attempt that a metadata row belongs to; null where no tag says. */
export function attemptOf({ tags }: MetadataRow): number | null {
  const tag = tags.find((text) => text.startsWith('attempt_id:'));
  return tag === undefined ? null : Number(tag.slice('attempt_id:'.length));
}

/** A task's rows by its id; ask once for a whole run. */
export function rowsByTask(metadata: readonly MetadataRow[]): ReadonlyMap<RowId, readonly MetadataRow[]> {
  const byTask = new Map<RowId, MetadataRow[]>();
  for (const row of metadata) {
    const rows = byTask.get(row.task_id);
    if (rows) rows.push(row);
    else byTask.set(row.task_id, [row]);
  }
  return byTask;
}

/** All attempts of a task, the first first; one that is pending where none has begun. */
export function attemptStatuses(
  { row }: TaskHistory,
  { rows, at }: { rows: readonly MetadataRow[]; at: Instant },
): AttemptStatus[] {
  const of = (attempt: number, field: string): MetadataRow | undefined =>
    rows.find((one) => one.field_name === field && attemptOf(one) === attempt);
  const begun = rows.filter(({ field_name }) => field_name === 'attempt').map((one) => Number(one.value));
  const attempts = [...new Set(begun)].sort((a, b) => a - b);
  return (attempts.length === 0 ? [0] : attempts).map((attempt) => {
    const ok = of(attempt, 'attempt_ok');
    const done = of(attempt, 'attempt-done');
    const startedAt = of(attempt, 'attempt')?.ts_epoch ?? null;
    const next = of(attempt + 1, 'attempt');
    const common = { attempt, startedAt };
    if (ok) {
      const finishedAt = Math.max(ok.ts_epoch, done?.ts_epoch ?? 0);
      return { ...common, status: ok.value === 'True' ? 'completed' : 'failed', finishedAt };
    }
    if (done) return { ...common, status: 'unknown', finishedAt: done.ts_epoch };
    if (next) return { ...common, status: 'failed', finishedAt: next.ts_epoch };
    return { ...common, ...silentStatus(row.last_heartbeat_ts, { startedAt, registered: row.ts_epoch, at }) };
  });
}

type Silence = { readonly startedAt: Instant | null; readonly registered: Instant; readonly at: Instant };

function silentStatus(
  beat: number | null,
  { startedAt, registered, at }: Silence,
): Pick<AttemptStatus, 'status' | 'finishedAt'> {
  if (beat !== null && at - beat * 1000 > TASK_SILENCE_MS) return { status: 'failed', finishedAt: beat * 1000 };
  if (beat === null && at - (startedAt ?? registered) > DAY_MS) return { status: 'failed', finishedAt: null };
  return { status: startedAt === null && beat === null ? 'pending' : 'running', finishedAt: null };
}
