import { userInfo } from 'node:os';
import { Client, types } from 'pg';
import { FeedError } from '../feed';
import type { Row } from '../metaflow/row-ids';
import { readSmallFile } from '../scrape/read-small-file';
import { type ConnectionSettings, connectionOf, databaseName, type TlsSettings } from './connection-settings';
import { databaseProblem, isBrokenConnection } from './database-problem';

/** Which database is asked, and how. */
export type DatabaseOptions = {
  /** Without a password; see {@link connectionOf}. */
  readonly url: string;
  readonly passwordFile: string | null;
  /** For connecting, and for each statement. */
  readonly timeoutMs: number;
};

/** Asks one statement; whole numbers of 64 bits come as numbers, jsonb as what it holds. */
export type Query = (text: string, values?: readonly unknown[]) => Promise<Row[]>;

/**
 * Lets `work` ask its statements within one read-only transaction, which sees one state of the database.
 * @throws FeedError with reason and remedy, none of them secret.
 */
export type ReadDatabase = <Answer>(work: (query: Query) => Promise<Answer>) => Promise<Answer>;

const MOST_IDLE = 2;
const IDLE_MS = 60_000;
const ANSWER_GRACE_MS = 1000;
const BIGINT_OID = 20;

/**
 * Makes the function that asks one database. Connections are kept between questions; the password and certificates are
 * read anew for each, so that rotated ones are used at once. A question on a kept connection that turns out to be
 * broken is asked once more on a new one.
 */
export function databaseAt(options: DatabaseOptions): ReadDatabase {
  const kept = new KeptConnections();
  return async (work) => {
    const settings = connectionOf(options.url);
    const { timeoutMs } = options;
    const asked = { place: databaseName(settings), user: settings.user ?? systemUser(), timeoutMs };
    const ask = (client: Client): ReturnType<typeof work> => askOn(client, { work, kept, timeoutMs });
    try {
      const old = kept.take();
      if (old !== null) {
        try {
          return await ask(old);
        } catch (error) {
          if (!(error instanceof DriverError) || !isBrokenConnection(error.cause)) throw error;
          kept.drop();
        }
      }
      return await ask(await connected(settings, { options, kept }));
    } catch (error) {
      throw error instanceof DriverError ? databaseProblem(error.cause, asked) : error;
    }
  };
}

/** What the driver or the server said, apart from the faults of those who ask. */
class DriverError extends Error {}

const byDriver = <Answer>(answer: Promise<Answer>): Promise<Answer> =>
  answer.catch((cause: unknown) => {
    throw new DriverError('The driver failed.', { cause });
  });

type Asking<Answer> = {
  readonly work: (query: Query) => Promise<Answer>;
  readonly kept: KeptConnections;
  readonly timeoutMs: number;
};

async function askOn<Answer>(client: Client, { work, kept, timeoutMs }: Asking<Answer>): Promise<Answer> {
  try {
    // Set for the transaction alone: behind a pooler a setting of the session would reach those who write.
    const limits = `SET LOCAL statement_timeout = ${Math.ceil(timeoutMs)}`;
    await byDriver(client.query(`BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; ${limits}`));
    const answer = await work(async (text, values = []) => (await byDriver(client.query<Row>(text, [...values]))).rows);
    await byDriver(client.query('COMMIT'));
    kept.keep(client);
    return answer;
  } catch (error) {
    closeSoon(client);
    throw error;
  }
}

type Connecting = { readonly options: DatabaseOptions; readonly kept: KeptConnections };

async function connected(settings: ConnectionSettings, { options, kept }: Connecting): Promise<Client> {
  const { host, port, user, database, tls } = settings;
  const { passwordFile, timeoutMs } = options;
  const password = passwordFile === null ? null : await readPassword(passwordFile);
  const client = new Client({
    host,
    port,
    user: user ?? systemUser(),
    database: database ?? user ?? systemUser(),
    password: () => password ?? noPassword(),
    ssl: tls === null ? false : await tlsOptions(tls),
    application_name: 'flowledger',
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs + ANSWER_GRACE_MS,
    keepAlive: true,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === BIGINT_OID ? Number : (types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  });
  client.on('error', () => kept.close(client));
  client.once('end', () => kept.forget(client));
  try {
    await byDriver(client.connect());
  } catch (error) {
    closeSoon(client);
    throw error;
  }
  return client;
}

/** The user that libpq takes where the url names none; a container may have no name for its user. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'flowledger';
  }
}

/** Called only when the server asks for one. */
function noPassword(): never {
  throw new FeedError('The database asks for a password: keep it in a file and name that as password_file.');
}

async function readPassword(path: string): Promise<string> {
  const password = (await readSmallFile(path)).replace(/\r?\n$/, '');
  if (password === '') throw new FeedError(`${path} holds no password.`);
  return password;
}

type TlsOptions = NonNullable<Exclude<ConstructorParameters<typeof Client>[0], string | undefined>['ssl']>;

async function tlsOptions({ mode, rootCertFile, certFile, keyFile }: TlsSettings): Promise<TlsOptions> {
  const text = async (path: string | null): Promise<string | undefined> =>
    path === null ? undefined : await readSmallFile(path);
  const files = { ca: await text(rootCertFile), cert: await text(certFile), key: await text(keyFile) };
  if (mode === 'require') return { ...files, rejectUnauthorized: false };
  return mode === 'verify-ca' ? { ...files, checkServerIdentity: () => undefined } : files;
}

/** Connections between two questions. They neither keep the process alive nor stay for ever. */
class KeptConnections {
  readonly #idle = new Map<Client, NodeJS.Timeout>();

  /** The one used last, which is then the caller's; null when there is none. */
  take(): Client | null {
    const [newest] = [...this.#idle.keys()].reverse();
    if (newest === undefined) return null;
    this.forget(newest);
    socketOf(newest).ref();
    return newest;
  }

  keep(client: Client): void {
    if (this.#idle.size >= MOST_IDLE) return closeSoon(client);
    this.#idle.set(client, setTimeout(() => this.close(client), IDLE_MS).unref());
    socketOf(client).unref();
  }

  /** Closes them all. */
  drop(): void {
    for (const client of [...this.#idle.keys()]) this.close(client);
  }

  close(client: Client): void {
    this.forget(client);
    closeSoon(client);
  }

  forget(client: Client): void {
    clearTimeout(this.#idle.get(client));
    this.#idle.delete(client);
  }
}

/** The driver's types do not know that a client can let the process end. */
const socketOf = (client: Client): { ref(): void; unref(): void } => client as unknown as ReturnType<typeof socketOf>;

/** Nobody waits for the goodbye, which a dead server never answers. */
function closeSoon(client: Client): void {
  socketOf(client).unref();
  client.end().catch(() => undefined);
}
