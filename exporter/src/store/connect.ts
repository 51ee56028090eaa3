import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ClickHouseClient, type ClickHouseSettings, createClient } from '@clickhouse/client';
import { StoreLockedError, StoreOpenError } from './errors';
import { IntegrityError } from './store';

/** Clients of one store: one that writes, strictly in order, and some that only read. */
export type Clients = {
  readonly writer: ClickHouseClient;
  readonly readers: readonly ClickHouseClient[];
};

const EMBEDDED = /^chdb:(.+)$/;
const SERVER = /^https?:\/\//;
const READERS = 2;

/** Set once for each session: what is left to a default here is money read wrong somewhere. */
const SESSION_SETTINGS = {
  output_format_json_quote_decimals: 1,
  output_format_json_quote_64bit_integers: 1,
  input_format_null_as_default: 0,
  input_format_defaults_for_omitted_fields: 0,
  input_format_skip_unknown_fields: 0,
  async_insert: 0,
  session_timezone: 'UTC',
  max_partitions_per_insert_block: '0',
  mutations_sync: '2',
  check_query_single_value_result: 0,
} as const satisfies ClickHouseSettings;

const openPaths = new Set<string>();

/**
 * Connects to `chdb:<path>` (embedded; the path is created) or to `http(s)://host:port/database`.
 * @throws StoreOpenError when the address or chdb is unusable, StoreLockedError when somebody else has the path open,
 * IntegrityError when its files are damaged.
 */
export async function connect(url: string): Promise<Clients & { close(): Promise<void> }> {
  const [, path] = EMBEDDED.exec(url) ?? [];
  if (path !== undefined) return connectEmbedded(resolve(path));
  if (SERVER.test(url)) return connectServer(url);
  throw new StoreOpenError(`store.url is chdb:<path> or http(s)://host:port/database, not ${url}.`);
}

async function connectEmbedded(path: string): Promise<Clients & { close(): Promise<void> }> {
  if (openPaths.has(path)) {
    throw new StoreLockedError(`The store ${path} is already open in this process; close it before opening it again.`);
  }
  const { createChdbConnection } = await importChdb();
  const opened: ClickHouseClient[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((client) => client.close()));
    openPaths.delete(path);
  };
  makeFolder(path);
  openPaths.add(path);
  const statusBefore = statusOf(path);
  try {
    for (let session = 0; session < 1 + READERS; session += 1) {
      opened.push(createClient({ connection: createChdbConnection({ path }) }));
    }
    for (const client of opened) await applySettings(client);
    const [writer, ...readers] = opened as [ClickHouseClient, ...ClickHouseClient[]];
    for (const reader of readers) await reader.command({ query: 'SET readonly = 1' });
    return { writer, readers, close };
  } catch (cause) {
    await close();
    throw openError(cause, { path, locked: statusBefore !== null && statusOf(path) === statusBefore });
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StoreOpenError(`The folder ${path} cannot be made or written to: ${reason}`, { cause });
  }
}

async function importChdb(): Promise<typeof import('chdb/connection')> {
  try {
    return await import('chdb/connection');
  } catch (cause) {
    const remedy =
      'Install it with `npm install chdb`, or point store.url at a ClickHouse server (http://host:8123/database).';
    throw new StoreOpenError(`The embedded store needs the optional package chdb, which is not installed. ${remedy}`, {
      cause,
    });
  }
}

async function applySettings(client: ClickHouseClient): Promise<void> {
  for (const [name, value] of Object.entries(SESSION_SETTINGS)) {
    await client.command({ query: `SET ${name} = ${typeof value === 'string' ? `'${value}'` : value}` });
  }
}

/**
 * The engine tells a held lock from damage on standard error alone. But it rewrites its status file as soon as it has
 * the lock: a file that did not change says that somebody else has it.
 */
function openError(cause: unknown, { path, locked }: { path: string; locked: boolean }): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (!/Failed to create connection/.test(reason)) {
    return new StoreOpenError(`The store ${path} cannot be opened: ${reason}`, { cause });
  }
  if (locked) {
    const remedy = 'Stop that process, or give this one a store.url of its own.';
    return new StoreLockedError(`The store ${path} is in use${lockHolder(path)}. ${remedy}`, { cause });
  }
  const remedy = 'Standard error says which part. Restore it from a backup, or move it away and read the feeds again.';
  return new IntegrityError(`The store ${path} cannot be opened, its files are damaged. ${remedy}`, { cause });
}

function statusOf(path: string): string | null {
  const stats = statSync(join(path, 'status'), { throwIfNoEntry: false });
  return stats ? `${stats.ino} ${stats.mtimeMs}` : null;
}

function lockHolder(path: string): string {
  try {
    const [, pid] = /^PID: (\d+)/m.exec(readFileSync(join(path, 'status'), 'utf8')) ?? [];
    return pid === undefined ? '' : ` by process ${pid}`;
  } catch {
    return '';
  }
}

function connectServer(url: string): Promise<Clients & { close(): Promise<void> }> {
  const options = {
    url,
    clickhouse_settings: SESSION_SETTINGS,
    use_multipart_params_auto: true,
    request_timeout: 300_000,
  };
  const writer = createClient({ ...options, max_open_connections: 1 });
  const reader = createClient(options);
  const close = async (): Promise<void> => {
    await Promise.all([writer.close(), reader.close()]);
  };
  return Promise.resolve({ writer, readers: [reader], close });
}
