import type { RecordedAnswer } from '../../../support/recorded-service';

/** When made runs begin. */
export const START = Date.parse('2026-11-21T06:00:00Z');
export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;

/** A metadata row that a test writes; times are ms after {@link START}. */
export type MadeRow = {
  readonly task: string;
  readonly field: string;
  readonly value: unknown;
  readonly at: number;
  readonly attempt?: number | null;
};

/** A run that a test makes up; `row` and `raw` replace what would be written. */
export type MadeRun = {
  readonly flow?: string;
  readonly run?: number | string;
  /** Of the run; ms after {@link START}. */
  readonly at?: number;
  readonly beat?: number | null;
  readonly rows?: readonly MadeRow[];
  /** `step/task` → last heartbeat, ms after {@link START}. */
  readonly beats?: { readonly [task: string]: number };
  readonly row?: { readonly [field: string]: unknown };
  readonly raw?: readonly unknown[];
};

const OK = { 'content-type': 'text/plain; charset=utf-8' };

/** An attempt as its rows: `train/1 0..5` began at 0 s and succeeded at 5 s; without an end it has none. */
export function attempt(task: string, [from, to]: readonly [number, number?], number = 0): MadeRow[] {
  const start = { task, field: 'attempt', value: String(number), at: from, attempt: number };
  return to === undefined ? [start] : [start, { ...start, field: 'attempt_ok', value: 'True', at: to }];
}

/** The answers of a service that holds these runs. */
export function answersOf(runs: readonly MadeRun[]): RecordedAnswer[] {
  const flows = [...new Set(runs.map(({ flow = 'F' }) => flow))];
  return [
    ok(
      '/flows',
      flows.map((flow) => ({ flow_id: flow, user_name: null, ts_epoch: START, tags: null })),
    ),
    ...flows.map((flow) => ok(`/flows/${encodeURIComponent(flow)}/runs`, runs.filter(isOf(flow)).map(runRow))),
    ...runs.flatMap(answersOfRun),
  ];
}

/** One answer. */
export function ok(path: string, body: unknown): RecordedAnswer {
  return { path, status: 200, headers: OK, body: JSON.stringify(body) };
}

const isOf =
  (wanted: string) =>
  ({ flow = 'F' }: MadeRun): boolean =>
    flow === wanted;

function answersOfRun(made: MadeRun): RecordedAnswer[] {
  const { flow = 'F', run = 1, rows = [], beats = {}, raw = [] } = made;
  const path = `/flows/${encodeURIComponent(flow)}/runs/${encodeURIComponent(run)}`;
  const metadata = [...rows.map((row, index) => metadataRow({ flow, run, index }, row)), ...raw];
  const tasks = [...new Set([...rows.map(({ task }) => task), ...Object.keys(beats)])];
  const steps = [...new Set(tasks.map((task) => task.split('/')[0]!))];
  const taskRows = (step: string): object[] =>
    tasks.filter((task) => task.startsWith(`${step}/`)).map((task) => taskRow({ flow, run }, { task, beats }));
  return [
    ok(path, runRow(made)),
    ok(`${path}/metadata`, metadata),
    ...steps.map((step) => ok(`${path}/steps/${encodeURIComponent(step)}/tasks`, taskRows(step))),
  ];
}

function runRow({ flow = 'F', run = 1, at = 0, beat = null, row = {} }: MadeRun): object {
  return {
    flow_id: flow,
    run_number: run,
    user_name: 'ada',
    ts_epoch: START + at,
    last_heartbeat_ts: inSeconds(beat),
    tags: ['team:vision'],
    system_tags: ['user:ada', 'runtime:dev'],
    ...row,
  };
}

type Owner = { readonly flow: string; readonly run: number | string };

function metadataRow({ flow, run, index }: Owner & { readonly index: number }, made: MadeRow): object {
  const { task, field, value, at, attempt: number = 0 } = made;
  const [step, id] = task.split('/');
  const tags = number === null ? [] : [`attempt_id:${number}`];
  const owner = { flow_id: flow, run_number: run, step_name: step, task_id: /^\d+$/.test(id!) ? Number(id) : id };
  return {
    id: index + 1,
    ...owner,
    field_name: field,
    value,
    type: field,
    ts_epoch: START + at,
    tags,
    system_tags: null,
  };
}

function taskRow(
  { flow, run }: Owner,
  { task, beats }: { readonly task: string; readonly beats: { readonly [task: string]: number } },
): object {
  const [step, id] = task.split('/');
  const beat = inSeconds(beats[task] ?? null);
  return { flow_id: flow, run_number: run, step_name: step, task_id: id, ts_epoch: START, last_heartbeat_ts: beat };
}

const inSeconds = (at: number | null): number | null => (at === null ? null : Math.floor((START + at) * 0.001));
