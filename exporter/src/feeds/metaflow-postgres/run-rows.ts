import type { Instant } from '../../units/interval';
import type { Row } from '../metaflow/row-ids';
import { type RunName, UnreadableRun } from '../metaflow/row-source';
import { stepsWithoutEnd } from '../metaflow/rows-to-run';
import { METADATA, RUN_NUMBER, TASKS } from './queries';
import type { Query } from './read-database';

/** What was read of one run, and what tells whether it is still so. */
export type RunRows = {
  readonly metadata: readonly Row[];
  readonly tasks: readonly Row[];
  readonly beat: Beat;
  /** When the tasks were listed, by the clock of the database. */
  readonly tasksAt: Instant;
  /** Rows of metadata up to this id are all here and stay; null: nothing is known of that. */
  readonly settledId: number | null;
};

/** What is known of a run before its rows are asked for. */
export type RunNews = {
  /** What was read of it before; null: nothing. */
  readonly before: RunRows | null;
  /** Rows of metadata came or went since. */
  readonly isChanged: boolean;
  /** The run's own `last_heartbeat_ts`, which a task's heartbeat sets too. */
  readonly beat: unknown;
  readonly settledId: number | null;
  /** The clock of the database, UTC ms. */
  readonly at: Instant;
};

/** A run's heartbeat, and since when it has been that one. */
type Beat = { readonly value: unknown; readonly since: Instant };

/** Heartbeats are whole seconds: within the same one another task's may still follow. */
const BEAT_MS = 2000;
const MOST_ROWS = 500_000;
/** What a sequence can give: a name of digits is a number, as for the service. */
const RUN_NUMBERS = /^\d{1,18}$/;

/** True for the name of a run that has no `run_id`. */
export function isRunNumber(run: string): boolean {
  return RUN_NUMBERS.test(run);
}

/**
 * Reads what is new of a run. Of metadata that is what came above the settled id; of tasks those alone whose steps have
 * no end. Throws {@link UnreadableRun} for a run of absurd size.
 */
export async function readRunRows(query: Query, name: RunName, news: RunNews): Promise<RunRows> {
  const { before, isChanged, settledId, at } = news;
  const beat = before !== null && before.beat.value === news.beat ? before.beat : { value: news.beat, since: at };
  const kept = before !== null && before.settledId !== null && !isChanged ? before : null;
  if (kept !== null && kept.beat === beat && kept.tasksAt - beat.since >= BEAT_MS) return { ...kept, settledId };
  const metadata = kept === null ? await readMetadata(query, name, before) : kept.metadata;
  const steps = stepsWithoutEnd(metadata, name);
  const tasks = steps.length === 0 ? [] : await readTasks(query, name, steps);
  return { metadata, tasks, beat, tasksAt: at, settledId };
}

async function readMetadata(query: Query, name: RunName, before: RunRows | null): Promise<readonly Row[]> {
  const above = before?.settledId ?? null;
  const number = await numberOf(query, name);
  if (number === null) return [];
  const standing = above === null ? [] : before!.metadata.filter(({ id }) => (id as number) <= above);
  const found = await query(METADATA, [name.flow, number, above ?? -1, MOST_ROWS + 1]);
  if (standing.length + found.length > MOST_ROWS) throw new UnreadableRun(`is more than ${MOST_ROWS} metadata rows`);
  return [...standing, ...found.map((row) => ownedBy(name, row))];
}

async function readTasks(query: Query, name: RunName, steps: readonly string[]): Promise<readonly Row[]> {
  const number = await numberOf(query, name);
  if (number === null) return [];
  const found = await query(TASKS, [name.flow, number, steps, MOST_ROWS + 1]);
  if (found.length > MOST_ROWS) throw new UnreadableRun(`is more than ${MOST_ROWS} tasks`);
  return found.map((row) => ownedBy(name, row));
}

async function numberOf(query: Query, { flow, run }: RunName): Promise<unknown> {
  if (isRunNumber(run)) return run;
  const [row] = await query(RUN_NUMBER, [flow, run]);
  return row?.run_number ?? null;
}

/** A run's rows do not all repeat its name: some only have its number. */
const ownedBy = ({ flow, run }: RunName, row: Row): Row => ({ ...row, flow_id: flow, run_number: run });
