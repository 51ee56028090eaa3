import type { Instant } from '../units/interval';

/** Rows as the metadata service keeps and sends them; every `ts_epoch` is UTC ms, heartbeats are unix seconds. */
export type FlowRow = {
  readonly flow_id: string;
  readonly user_name: string | null;
  readonly ts_epoch: number;
  readonly tags: readonly string[] | null;
  readonly system_tags: readonly string[] | null;
};

/** A number for ids that the service made, a text for ids of others. */
export type RowId = number | string;

/** A run's row. `user` is there where its name is a system tag too. */
export type RunRow = {
  readonly flow_id: string;
  readonly run_number: RowId;
  readonly user_name: string | null;
  readonly ts_epoch: number;
  readonly tags: readonly string[];
  readonly system_tags: readonly string[];
  readonly last_heartbeat_ts: number | null;
  readonly user?: string;
};

/** A step's row; its run's number is a text even where the service made it. */
export type StepRow = Omit<RunRow, 'last_heartbeat_ts' | 'user' | 'run_number'> & {
  readonly run_number: string;
  readonly step_name: string;
};

/** A task's row. */
export type TaskRow = Omit<RunRow, 'user'> & { readonly step_name: string; readonly task_id: RowId };

/** One metadata row of a task. */
export type MetadataRow = {
  readonly id: number;
  readonly flow_id: string;
  readonly run_number: RowId;
  readonly step_name: string;
  readonly task_id: RowId;
  readonly field_name: string;
  readonly value: string;
  readonly type: string;
  readonly user_name: string | null;
  readonly ts_epoch: number;
  readonly tags: readonly string[];
  readonly system_tags: readonly string[] | null;
};

/** An artifact's row, as far as anything is asked of it. */
export type ArtifactRow = {
  readonly step_name: string;
  readonly task_id: RowId;
  readonly name: string;
  readonly ts_epoch: number;
};

/** A span in which something sends heartbeats; `to` is its last one, null where no end is known. */
export type Beats = { readonly from: Instant; readonly to: Instant | null };

/** A task with the spans in which it sends heartbeats. */
export type TaskHistory = { readonly row: TaskRow; readonly beats: readonly Beats[] };

/** All that a metadata service and a UI backend will ever know of a run. */
export type RunHistory = {
  readonly row: RunRow;
  readonly beats: readonly Beats[];
  readonly steps: readonly StepRow[];
  readonly tasks: readonly TaskHistory[];
  readonly metadata: readonly MetadataRow[];
  readonly artifacts: readonly ArtifactRow[];
  /** The UI backend's `/dag` and `/parameters`; null where they are not known. */
  readonly dag: unknown;
  readonly parameters: unknown;
};

/** All that is known of a deployment, from its beginning to its end. */
export type MetaflowHistory = { readonly flows: readonly FlowRow[]; readonly runs: readonly RunHistory[] };

const BEAT_MS = 10_000;

/** The last heartbeat up to `at`, in unix seconds: one every ten seconds, and the last of each span. */
export function heartbeatAt(beats: readonly Beats[], at: Instant): number | null {
  const span = beats.findLast(({ from }) => from <= at);
  if (span === undefined) return null;
  const isOver = span.to !== null && span.to <= at;
  const last = isOver ? span.to : span.from + Math.floor((at - span.from) / BEAT_MS) * BEAT_MS;
  return Math.floor(last / 1000);
}

const isWritten =
  (at: Instant) =>
  ({ ts_epoch }: { readonly ts_epoch: number }): boolean =>
    ts_epoch <= at;

/** A deployment as it is at an instant: what is written later is not in it. Rows of runs are as they will be. */
export function historyAt({ flows, runs }: MetaflowHistory, at: Instant): MetaflowHistory {
  return { flows: flows.filter(isWritten(at)), runs: runs.filter(({ row }) => isWritten(at)(row)) };
}

const complete = new WeakMap<RunHistory, { readonly from: Instant; readonly run: RunHistory }>();

/** A run as it is at an instant, its heartbeats and those of its tasks included. */
export function runAt(run: RunHistory, at: Instant): RunHistory {
  const known = complete.get(run) ?? { from: completeFrom(run), run: runWrittenUntil(run, Infinity) };
  complete.set(run, known);
  return known.from <= at ? known.run : runWrittenUntil(run, at);
}

/** From when on nothing of a run changes any more: its last row, and its last heartbeat. */
function completeFrom({ beats, steps, tasks, metadata, artifacts }: RunHistory): Instant {
  const rows = [...steps, ...tasks.map(({ row }) => row), ...metadata, ...artifacts].map(({ ts_epoch }) => ts_epoch);
  const ends = [...beats, ...tasks.flatMap((task) => task.beats)].map(({ to }) => to ?? Infinity);
  return [...rows, ...ends].reduce((last, time) => Math.max(last, time), 0);
}

function runWrittenUntil(run: RunHistory, at: Instant): RunHistory {
  const written = isWritten(at);
  return {
    ...run,
    row: { ...run.row, last_heartbeat_ts: heartbeatAt(run.beats, at) },
    steps: run.steps.filter(written),
    tasks: run.tasks
      .filter(({ row }) => written(row))
      .map(({ row, beats }) => ({ beats, row: { ...row, last_heartbeat_ts: heartbeatAt(beats, at) } })),
    metadata: run.metadata.filter(written),
    artifacts: run.artifacts.filter(written),
  };
}
