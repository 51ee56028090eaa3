import type { Instant } from '../../units/interval';
import { issueOf } from '../metaflow/issue';
import type { RunArtifacts } from '../metaflow/local-artifacts';
import type { Row } from '../metaflow/row-ids';
import type { RowSource, RunDetails, RunName } from '../metaflow/row-source';
import type { RowsContext } from '../metaflow/rows-to-run';
import { ChangeTail, type TailLook } from './change-tail';
import { type FollowedRuns, runNamed, runText } from './followed-runs';
import { ALL_RUNS, NAMED_RUNS, RUNS_SINCE, TAIL_COUNTS, TAIL_END } from './queries';
import type { Query, ReadDatabase } from './read-database';
import { isRunNumber, readRunRows, type RunRows } from './run-rows';

/** What a source of rows needs beside its database. */
export type PostgresSourceSettings = {
  readonly read: ReadDatabase;
  /** Names the feed in issues. */
  readonly feed: string;
  readonly followed: FollowedRuns;
  /** Told of runs that are not open and of which rows came or went. */
  readonly onLateRows: (names: readonly RunName[]) => void;
};

/**
 * Rows of the metadata service's tables. Each list of runs begins with one look at the end of `metadata_v3`; of an open
 * run of which nothing changed since it was read, nothing is asked again. Every full list reads all of them anew.
 */
export class PostgresSource implements RowSource {
  readonly #tail = new ChangeTail();
  /** Of open runs: what was read since the last list, and since the one before. */
  #kept: ReadRuns = new Map();
  #older: ReadRuns = new Map();
  #listed = new Map<string, Row>();
  /** Runs that changed and have not been read since. */
  readonly #changed = new Set<string>();
  #settledId: number | null = null;
  #listedAt: Instant = 0;

  constructor(private readonly settings: PostgresSourceSettings) {}

  async runs(since: Instant | null): Promise<readonly Row[]> {
    const rows = await this.settings.read(async (query) => {
      this.#note(await this.#lookAtTail(query));
      if (since === null) return query(ALL_RUNS);
      const names = [...this.settings.followed.names(), ...[...this.#changed].map(runNamed)];
      return [...(await query(RUNS_SINCE, [since])), ...(await namedRuns(query, names))];
    });
    this.#older = since === null ? new Map<string, RunRows>() : this.#kept;
    this.#kept = new Map();
    this.#listed = new Map(rows.map((row) => [rowText(row), row]));
    for (const text of this.#changed) if (!this.#listed.has(text)) this.#changed.delete(text);
    return rows;
  }

  async run(name: RunName): Promise<Row | null> {
    const [row] = await this.settings.read((query) => namedRuns(query, [name]));
    if (row !== undefined) this.#listed.set(runText(name), row);
    return row ?? null;
  }

  async details(name: RunName): Promise<RunDetails> {
    const { read, followed, feed } = this.settings;
    const text = runText(name);
    const news = {
      before: this.#kept.get(text) ?? this.#older.get(text) ?? null,
      isChanged: this.#changed.has(text),
      beat: this.#listed.get(text)?.last_heartbeat_ts ?? null,
      settledId: this.#settledId,
      at: this.#listedAt,
    };
    const rows = await read((query) => readRunRows(query, name, news));
    this.#changed.delete(text);
    if (followed.isOpen(name)) this.#kept.set(text, rows);
    return { tasks: rows.tasks, metadata: rows.metadata, artifacts: artifactsOf(name, feed) };
  }

  places(name: RunName | null): RowsContext['sources'] {
    const of = name === null ? '' : ` (${name.flow}/${name.run})`;
    return { run: `runs_v3${of}`, tasks: `tasks_v3${of}`, metadata: `metadata_v3${of}` };
  }

  async #lookAtTail(query: Query): Promise<TailLook> {
    const [row] = await query(TAIL_END);
    const end = {
      newestId: Number(row?.newest_id),
      oldestOpen: Number(row?.oldest_open),
      nextTransaction: Number(row?.next_transaction),
    };
    this.#listedAt = Number(row?.now_ms);
    const { from, next } = this.#tail.range(end);
    const counts = await query(TAIL_COUNTS, [from, next]);
    const numbers = counts.map((row) => ({ run: rowText(row), counted: Number(row.counted), kept: Number(row.kept) }));
    return this.#tail.look(end, numbers);
  }

  /** What changed stays noted until it is read, even where the rest of the list fails. */
  #note({ changed, settledId, isNew }: TailLook): void {
    if (isNew) [this.#kept, this.#older] = [new Map<string, RunRows>(), new Map<string, RunRows>()];
    for (const text of changed) this.#changed.add(text);
    this.#settledId = settledId;
    const { followed, onLateRows } = this.settings;
    onLateRows([...changed].map(runNamed).filter((name) => !followed.isOpen(name)));
  }
}

type ReadRuns = Map<string, RunRows>;

const rowText = (row: Row): string => runText({ flow: String(row.flow_id), run: String(row.run_number) });

async function namedRuns(query: Query, names: readonly RunName[]): Promise<Row[]> {
  if (names.length === 0) return [];
  const numbered = names.filter(({ run }) => isRunNumber(run));
  const named = names.filter(({ run }) => !isRunNumber(run));
  return query(NAMED_RUNS, [
    numbered.map(({ flow }) => flow),
    numbered.map(({ run }) => run),
    named.map(({ flow }) => flow),
    named.map(({ run }) => run),
  ]);
}

/** `_graph_info` and Config values lie in the object store, of which the database knows the address alone. */
function artifactsOf({ flow }: RunName, feed: string): RunArtifacts {
  const graphIssue = issueOf(feed, {
    code: 'no_resources',
    file: `artifact_v3 (${flow})`,
    field: '_graph_info',
    reason: "The metadata service's database does not tell what a step requests.",
    remedy: `Declare what the step holds under holdings, e.g. {flow: ${flow}, gpus: 1}, or add a feed that knows it.`,
  });
  return { graph: null, graphIssue, configs: [], configIssues: [] };
}
