import type { ClickHouseClient } from '@clickhouse/client';
import type { z } from 'zod';
import type { Clients } from './connect';
import { StoreError } from './errors';
import { IntegrityError } from './store';

/** A value bound to a typed placeholder; nothing else of a caller ever reaches a statement. */
export type Param = string | number | null | readonly string[] | readonly number[];
/** Values by the name of their placeholder. */
export type Params = Readonly<Record<string, Param>>;

/** One column value on its way in: wide integers and money as text. */
export type Cell = string | number | boolean | null | readonly string[];
/** One row on its way in, by column. */
export type Row = Readonly<Record<string, Cell>>;

/** A statement by name, for errors; the text comes from a `.sql` file. */
export type Statement = { readonly name: string; readonly text: string };

/** One connection of the store. */
export interface Channel {
  /** Runs a SELECT and parses every row; a row of another shape is an {@link IntegrityError}. */
  query<T>(statement: Statement, rows: z.ZodType<T>, params?: Params): Promise<T[]>;
  /** Runs a statement that answers nothing. */
  command(statement: Statement, params?: Params): Promise<void>;
  /** Inserts rows in blocks; the caller checks the counts afterwards. */
  insert(table: string, rows: Iterable<Row>): Promise<void>;
}

/** The connections of one open store. */
export type Engine = {
  readonly writer: Channel;
  /** The next reading connection. */
  reader(): Channel;
  close(): Promise<void>;
};

const BLOCK_ROWS = 50_000;

/** The engine over connected clients. */
export function engineOver(clients: Clients & { close(): Promise<void> }): Engine {
  const readers = clients.readers.map(channelOver);
  let next = 0;
  return {
    writer: channelOver(clients.writer),
    reader: () => readers[next++ % readers.length]!,
    close: () => clients.close(),
  };
}

function channelOver(client: ClickHouseClient): Channel {
  return {
    async query({ name, text }, rows, params) {
      const answer = await named(name, async () => {
        const result = await client.query({ query: text, query_params: bound(params), format: 'JSONEachRow' });
        return result.json<unknown>();
      });
      return answer.map((row) => parsed(name, rows, row));
    },
    async command({ name, text }, params) {
      await named(name, () => client.command({ query: text, query_params: bound(params) }));
    },
    async insert(table, rows) {
      for (const values of blocksOf(rows)) {
        await named(`insert into ${table}`, () => client.insert({ table, values, format: 'JSONEachRow' }));
      }
    },
  };
}

function* blocksOf(rows: Iterable<Row>): Generator<Row[]> {
  let block: Row[] = [];
  for (const row of rows) {
    block.push(wellFormedRow(row));
    if (block.length < BLOCK_ROWS) continue;
    yield block;
    block = [];
  }
  if (block.length > 0) yield block;
}

async function named<T>(name: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new StoreError(`The store failed at ${name}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function parsed<T>(name: string, rows: z.ZodType<T>, row: unknown): T {
  const result = rows.safeParse(row);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new IntegrityError(`${name} answered a row whose ${issue?.path.join('.')} ${issue?.message}.`, {
    cause: result.error,
  });
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Most rows are fine, and copying all of them would cost more than inserting them. */
function wellFormedRow(row: Row): Row {
  const broken = Object.values(row).some((cell) =>
    Array.isArray(cell)
      ? cell.some((item) => LONE_SURROGATE.test(item as string))
      : LONE_SURROGATE.test(cell as string),
  );
  return broken ? Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, wellFormed(cell)])) : row;
}

const bound = (params: Params = {}): Record<string, unknown> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, wellFormed(value)]));

/** JSON cannot carry half a surrogate pair to the engine; it becomes U+FFFD, as in any UTF-8 text. */
function wellFormed<T extends Cell | Param>(value: T): T | string | readonly string[] {
  if (Array.isArray(value)) return value.map(wellFormed) as string[];
  return typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\uFFFD') : value;
}
