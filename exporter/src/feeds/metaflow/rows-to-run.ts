import type { Instant } from '../../units/interval';
import { compareUtf8 } from '../../units/utf8-order';
import { readHeartbeat } from './heartbeat';
import { isRecord } from './parse-row';
import type { NoRun, ParsedRun } from './parse-run';
import { type FoundFault, RowFaults } from './row-faults';
import type { Row } from './row-ids';
import { isSaneInstant } from './sane-instant';
import { parseServiceRow, placeOf, type TaskRow } from './service-rows';
import { showValue } from './show-value';
import type { MetadataRow, TaskRecord } from './task-record';

/** The rows of one run in the shape of the metadata service, as the source gave them: ids int or string, ms. */
export type RunRows = {
  readonly run: unknown;
  /** For heartbeats; one row an attempt is as good as one a task. */
  readonly tasks: readonly unknown[];
  readonly metadata: readonly unknown[];
};

/** Whose rows they are, who reads them when, and where each kind came from (an address, a table), for issues. */
export type RowsContext = {
  readonly feed: string;
  readonly flow: string;
  readonly run: string;
  readonly now: Instant;
  readonly sources: { readonly run: string; readonly tasks: string; readonly metadata: string };
};

/**
 * Parses the rows of one run, whichever transport brought them. Neither the order nor the doubles of rows matter; what
 * cannot be read becomes issues, one a kind.
 */
export function parseRunRows(rows: RunRows, context: RowsContext): ParsedRun | NoRun {
  const faults = new RowFaults();
  const metadata = distinct(rows.metadata);
  const found = metadata.flatMap((row) => readMetadata(row, { context, faults }));
  const self = readSelf(rows.run, { context, faults });
  const beats = readTasks(rows.tasks, { context, faults });
  const tasks = tasksOf(found, { beats, source: context.sources.metadata });
  const startedAt = self.at ?? earliest(found);
  const issues = faults.issues(context.feed);
  if (startedAt === null) return { startedAt, issues };
  const signs = [self.heartbeat, ...tasks.map(({ lastSign }) => lastSign)];
  return {
    run: context.run,
    startedAt,
    tags: self.tags,
    systemTags: self.systemTags.filter((tag) => !tag.startsWith('production:')),
    user: tagValue(self.systemTags, 'user:') ?? self.user,
    runtime: tagValue(self.systemTags, 'runtime:'),
    tasks,
    endStep: tasks.flatMap((task) => task.rows).find(({ field }) => field === 'end_step')?.value ?? null,
    lastSign: signs.reduce<Instant>((last, at) => Math.max(last, at ?? last), startedAt),
    heartbeat: self.heartbeat,
    issues,
    rows: { accepted: found.length + 1, rejected: faults.count },
  };
}

/**
 * The steps in which some task's newest attempt has no end in these metadata rows: where heartbeats may be needed.
 * `_parameters` has no attempts.
 */
export function stepsWithoutEnd(
  metadata: readonly unknown[],
  owner: { readonly flow: string; readonly run: string },
): string[] {
  const newest = new Map<string, { readonly step: string; readonly attempt: number }>();
  const ended = new Set<string>();
  for (const one of metadata) {
    const read = parseServiceRow(one, owner);
    if ('fault' in read || read.step === '_parameters') continue;
    const { field, value, attempt } = read.row;
    const task = JSON.stringify([read.step, read.task]);
    if (field === 'attempt' && (newest.get(task)?.attempt ?? -1) < Number(value)) {
      newest.set(task, { step: read.step, attempt: Number(value) });
    }
    if (field === 'attempt_ok' || field === 'attempt-done') ended.add(`${task} ${attempt}`);
  }
  const open = [...newest].filter(([task, { attempt }]) => !ended.has(`${task} ${attempt}`));
  return [...new Set(open.map(([, { step }]) => step))].sort(compareUtf8);
}

type Reading = { readonly context: RowsContext; readonly faults: RowFaults };

/** Rows that came twice (pages overlap while rows are added) are one; the table's own id tells. */
function distinct(rows: readonly unknown[]): unknown[] {
  const byId = new Map<unknown, unknown>();
  for (const [index, row] of rows.entries()) byId.set(isRecord(row) ? (row.id ?? `at ${index}`) : `at ${index}`, row);
  return [...byId.values()];
}

function readMetadata(row: unknown, { context, faults }: Reading): TaskRow[] {
  const read = parseServiceRow(row, context);
  if (!('fault' in read)) return [read];
  const { field, value, fault } = read;
  const reason = value === null ? `A metadata row has no ${field}.` : `A metadata row's ${field || 'whole'} ${fault}.`;
  const code = value === null ? 'missing_field' : 'bad_value';
  faults.add({ code, file: context.sources.metadata, field, value, reason });
  return [];
}

type Beats = ReadonlyMap<string, { readonly step: string; readonly task: string; readonly at: Instant }>;

/** The newest heartbeat of each task that has one. */
function readTasks(rows: readonly unknown[], { context, faults }: Reading): Beats {
  const file = context.sources.tasks;
  const beats = new Map<string, { step: string; task: string; at: Instant }>();
  for (const row of rows) {
    const place = placeOf(row, context);
    if ('fault' in place) {
      const { field, value, fault } = place;
      faults.add({ code: 'bad_value', file, field, value, reason: `A task row's ${field || 'whole'} ${fault}.` });
      continue;
    }
    const read = readHeartbeat((row as Row).last_heartbeat_ts, { file, now: context.now });
    if ('fault' in read) faults.add(read.fault);
    else if (read.at !== null) {
      const name = nameOf(place);
      beats.set(name, { ...place, at: Math.max(read.at, beats.get(name)?.at ?? 0) });
    }
  }
  return beats;
}

/** One record a task, by step and task; the rows of each from the oldest to the newest. */
function tasksOf(
  found: readonly TaskRow[],
  { beats, source }: { readonly beats: Beats; readonly source: string },
): TaskRecord[] {
  const rowsOf = new Map<string, { step: string; task: string; rows: MetadataRow[] }>();
  for (const { step, task } of beats.values()) rowsOf.set(nameOf({ step, task }), { step, task, rows: [] });
  for (const { step, task, row } of found) {
    const known = rowsOf.get(nameOf({ step, task }));
    if (known) known.rows.push(row);
    else rowsOf.set(nameOf({ step, task }), { step, task, rows: [row] });
  }
  return [...rowsOf]
    .sort(([a], [b]) => compareUtf8(a, b))
    .map(([name, { step, task, rows }]) => {
      const heartbeat = beats.get(name)?.at ?? null;
      const signs = [...rows.map(({ at }) => at), ...(heartbeat === null ? [] : [heartbeat])];
      return {
        step,
        task,
        source: `${source} (${step}/${task})`,
        rows: rows.sort(oldestFirst),
        runtimeFiles: new Map(),
        taskOk: new Map(),
        lastSign: signs.reduce<Instant | null>((last, at) => Math.max(last ?? at, at), null),
        heartbeat,
      };
    });
}

type Self = {
  readonly at: Instant | null;
  readonly heartbeat: Instant | null;
  readonly user: string | null;
  readonly tags: readonly string[];
  readonly systemTags: readonly string[];
};

function readSelf(row: unknown, { context, faults }: Reading): Self {
  const file = context.sources.run;
  const note = (fault: Omit<FoundFault, 'file' | 'code'>): void => faults.add({ ...fault, file, code: 'bad_value' });
  const self: Row = isRecord(row) ? row : {};
  const read = readHeartbeat(self.last_heartbeat_ts, { file, now: context.now });
  if ('fault' in read) faults.add(read.fault);
  const at = isSaneInstant(self.ts_epoch) ? self.ts_epoch : null;
  if (at === null) {
    const reason = "The run's ts_epoch is no time in milliseconds between 2000 and 2199, so it is not believed.";
    note({ field: 'ts_epoch', value: showValue(self.ts_epoch), reason });
  }
  const tagsIn = (field: 'tags' | 'system_tags'): string[] => {
    const value = self[field] ?? [];
    const isList = Array.isArray(value) && value.every((tag) => typeof tag === 'string');
    if (isList) return [...new Set(value)].sort(compareUtf8);
    note({ field, value: showValue(value), reason: `The run's ${field} are no list of texts, so they count as none.` });
    return [];
  };
  return {
    at,
    heartbeat: 'fault' in read ? null : read.at,
    user: typeof self.user_name === 'string' && self.user_name !== '' ? self.user_name : null,
    tags: tagsIn('tags'),
    systemTags: tagsIn('system_tags'),
  };
}

function earliest(found: readonly TaskRow[]): Instant | null {
  const times = found.map(({ row }) => row.at).filter(isSaneInstant);
  return times.reduce<Instant | null>((least, at) => Math.min(least ?? at, at), null);
}

const nameOf = ({ step, task }: { readonly step: string; readonly task: string }): string =>
  JSON.stringify([step, task]);

const oldestFirst = (a: MetadataRow, b: MetadataRow): number =>
  a.at - b.at || compareUtf8(`${a.field} ${a.value} ${a.attempt}`, `${b.field} ${b.value} ${b.attempt}`);

const tagValue = (tags: readonly string[], prefix: string): string | null =>
  tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length) ?? null;
