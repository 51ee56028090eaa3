/** What goes wrong with a database. @needs postgresql */
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MetaflowFeed } from '../../../../exporter/src/feeds/metaflow/local-feed';
import { databaseAt } from '../../../../exporter/src/feeds/metaflow-postgres/read-database';
import type { PostgresFeedOptions } from '../../../../exporter/src/feeds/metaflow-postgres/read-postgres-feed';
import { type PostgresProcess, runningPostgres } from '../../../support/postgres-process';
import { makeAuthority } from '../../../support/scrape-certificates';
import { makeDatabase, makeReader, postgresFeedOf, urlOf } from './database';
import { endWriters, SECOND, START, Writer } from './writer';

const PORT = 25_402;
let server: PostgresProcess;
let folder: string;
let passwordFile: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'flowledger-password-'));
  passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'correct horse\n');
  server = await runningPostgres(PORT);
  makeReader(server);
  makeDatabase(server, 'metaflow');
  const writer = await Writer.of(server, 'metaflow');
  await writer.run(1);
  await writer.row({ run: 1, task: 1, field: 'attempt', value: '0', at: 0 });
  await endWriters();
});
afterAll(async () => {
  await endWriters();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Who must show what; the socket of the tests stays open. */
function demand(...lines: readonly string[]): void {
  const rows = ['local all all trust', ...lines].map((line) => `('${line}')`).join(', ');
  const copy = `COPY (SELECT line FROM (VALUES ${rows}) AS lines (line)) TO %L`;
  server.run(
    'postgres',
    `DO $do$ BEGIN EXECUTE format($copy$${copy}$copy$, current_setting('hba_file')); END $do$;
     SELECT pg_reload_conf(); SELECT pg_sleep(0.2);`,
  );
}

const OPEN = 'host all all 127.0.0.1/32 trust';
const WITH_PASSWORD = 'host all all 127.0.0.1/32 scram-sha-256';

const feedOf = (options: Partial<PostgresFeedOptions> = {}, database = 'metaflow'): MetaflowFeed =>
  postgresFeedOf(urlOf(server, database), options);
const runsOf = async (feed: MetaflowFeed): Promise<number> =>
  (await feed.poll({ now: START + SECOND, known: [] })).runs.length;
const problemOf = (feed: MetaflowFeed): Promise<string> =>
  runsOf(feed).then(
    () => 'none',
    (error: Error) => `${error.name}: ${error.message}`,
  );
/** Ends every connection of the reader, so that the next question needs a new one. */
const disconnect = (): void =>
  server.run('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'reader'");

describe('A password', () => {
  beforeAll(() => demand(WITH_PASSWORD));
  afterAll(() => demand(OPEN));

  it('stands in a file, with or without an end of line', async () => {
    expect(await runsOf(feedOf({ passwordFile }))).toBe(1);
  });

  it('that is wrong is told and not shown', async () => {
    const wrongFile = join(folder, 'wrong');
    writeFileSync(wrongFile, 'hunter2-wrong');
    const problem = await problemOf(feedOf({ passwordFile: wrongFile }));
    expect(problem).toBe(
      `FeedError: postgresql://127.0.0.1:${PORT}/metaflow says "password authentication failed for user "reader"" ` +
        '(28P01): look at password_file and at the user of the url.',
    );
  });

  it.each([
    ['is asked for although none is named', null, 'The database asks for a password'],
    ['lies in no file', 'absent', '/absent cannot be read (ENOENT)'],
    ['is empty', 'empty', '/empty holds no password'],
  ])('that %s is told', async (_how, file, reason) => {
    writeFileSync(join(folder, 'empty'), '\n');
    const problem = await problemOf(feedOf({ passwordFile: file === null ? null : join(folder, file) }));
    expect(problem).toContain(reason);
  });

  it('that is rotated is used by the next connection', async () => {
    const rotated = join(folder, 'rotated');
    writeFileSync(rotated, 'correct horse');
    const feed = feedOf({ passwordFile: rotated });
    await runsOf(feed);
    server.run('postgres', "ALTER ROLE reader PASSWORD 'battery staple'");
    disconnect();
    expect(await problemOf(feed)).toContain('28P01');
    writeFileSync(rotated, 'battery staple');
    expect(await problemOf(feed)).toBe('none');
    server.run('postgres', "ALTER ROLE reader PASSWORD 'correct horse'");
  });
});

describe('A permission that is missing', () => {
  it('names the grant', async () => {
    makeDatabase(server, 'closed');
    server.run('closed', 'REVOKE SELECT ON metadata_v3 FROM reader');
    const feed = feedOf({}, 'closed');
    expect(await problemOf(feed)).toBe(
      `FeedError: postgresql://127.0.0.1:${PORT}/closed says "permission denied for table metadata_v3" (42501): let ` +
        'the owner of the tables run GRANT USAGE ON SCHEMA public TO reader; ' +
        'GRANT SELECT ON runs_v3, tasks_v3, metadata_v3 TO reader;',
    );
    server.run('closed', 'GRANT SELECT ON runs_v3, tasks_v3, metadata_v3 TO reader;');
    expect(await problemOf(feed)).toBe('none');
  });

  it('of the whole schema looks as if its tables were not there, and names the grant too', async () => {
    makeDatabase(server, 'hidden');
    server.run('hidden', 'REVOKE USAGE ON SCHEMA public FROM public; REVOKE USAGE ON SCHEMA public FROM reader;');
    const problem = await problemOf(feedOf({}, 'hidden'));
    expect(problem).toContain('(42P01)');
    expect(problem).toContain('GRANT USAGE ON SCHEMA public TO reader; GRANT SELECT');
  });
});

describe('A database', () => {
  it('that is not there is told', async () => {
    expect(await problemOf(feedOf({}, 'nowhere'))).toContain('(3D000): look at the name of the database in the url.');
  });

  it("that is not the service's is told", async () => {
    expect(await problemOf(feedOf({}, 'postgres'))).toContain('(42P01): is this the metadata service');
  });

  it('that nobody serves is told', async () => {
    const feed = postgresFeedOf('postgresql://reader@127.0.0.1:25499/metaflow');
    expect(await problemOf(feed)).toBe(
      'FeedError: postgresql://127.0.0.1:25499/metaflow does not answer (ECONNREFUSED): is it running, and are host ' +
        'and port of the url right?',
    );
  });

  it('that is locked by somebody does not hold the feed for longer than its timeout', async () => {
    const writer = await Writer.of(server, 'metaflow');
    const feed = feedOf({ timeoutMs: 300 });
    await writer.sql('BEGIN; LOCK TABLE runs_v3 IN ACCESS EXCLUSIVE MODE');
    expect(await problemOf(feed)).toContain('(57014): it did not answer within 0.3 s, see timeout.');
    await writer.sql('ROLLBACK');
    expect(await problemOf(feed)).toBe('none');
  });

  it('whose connections are cut costs no poll', async () => {
    const feed = feedOf();
    await runsOf(feed);
    disconnect();
    expect(await problemOf(feed)).toBe('none');
  });

  it('that is stopped fails the poll and is read on once it is started again, with nothing lost', async () => {
    const feed = feedOf();
    expect(await runsOf(feed)).toBe(1);
    await server.pause();
    expect(await problemOf(feed)).toContain('does not answer (ECONNREFUSED)');
    await server.resume();
    const writer = await Writer.of(server, 'metaflow');
    await writer.row({ run: 1, task: 2, field: 'attempt', value: '0', at: SECOND });
    const { attempts } = await feed.poll({ now: START + 2 * SECOND, known: [] });
    expect(attempts.map(({ key }) => key.task)).toEqual(['1', '2']);
    await writer.sql('DELETE FROM metadata_v3 WHERE task_id = 2');
  });
});

describe('Nothing can be written', () => {
  const statements = [
    "INSERT INTO flows_v3 VALUES ('G', 'eve', 1, '[]', '[]')",
    "UPDATE runs_v3 SET user_name = 'eve'",
    'DELETE FROM metadata_v3',
    'TRUNCATE metadata_v3',
    'CREATE TABLE mine (id int)',
    "SELECT nextval('metadata_v3_id_seq')",
  ];

  it.each(statements)('not even by a role that may: %s', async (statement) => {
    const ask = databaseAt({ url: urlOf(server, 'metaflow', 'postgres'), passwordFile: null, timeoutMs: 5000 });
    await expect(ask((query) => query(statement))).rejects.toThrow('in a read-only transaction" (25006)');
  });

  it('and the role needs no more than to read three tables', async () => {
    const ask = databaseAt({ url: urlOf(server, 'metaflow'), passwordFile: null, timeoutMs: 5000 });
    await expect(ask((query) => query('SELECT 1 FROM artifact_v3'))).rejects.toThrow('(42501)');
    expect(await ask((query) => query('SHOW transaction_read_only'))).toEqual([{ transaction_read_only: 'on' }]);
    expect(await ask((query) => query('SHOW application_name'))).toEqual([{ application_name: 'flowledger' }]);
  });
});

describe('Encryption', () => {
  let caFile: string;
  beforeAll(() => {
    const authority = makeAuthority(folder, 'database');
    const { certFile, keyFile } = authority.issue('/CN=localhost', 'localhost');
    caFile = authority.caFile;
    chmodSync(folder, 0o755);
    for (const file of [certFile, keyFile]) {
      const owner = statSync(dataFolder());
      if (process.getuid?.() === 0) chownSync(file, owner.uid, owner.gid);
      chmodSync(file, 0o600);
    }
    server.run('postgres', `ALTER SYSTEM SET ssl_cert_file = '${certFile}'`);
    server.run('postgres', `ALTER SYSTEM SET ssl_key_file = '${keyFile}'`);
    server.run('postgres', 'ALTER SYSTEM SET ssl = on');
    demand('hostssl all all 127.0.0.1/32 trust', 'hostssl all all ::1/128 trust');
  });

  const tlsProblem = (parameters: string, host = 'localhost'): Promise<string> =>
    problemOf(postgresFeedOf(`postgresql://reader@${host}:${PORT}/metaflow${parameters}`));

  it('is demanded by the server and named as the remedy', async () => {
    expect(await tlsProblem('', '127.0.0.1')).toContain('it may want sslmode=require');
  });

  it.each([
    ['?sslmode=require', 'none'],
    ['?sslmode=verify-full', 'shows a certificate that is not believed'],
    ['?sslmode=verify-full&sslrootcert=CA', 'none'],
    ['?sslmode=verify-ca&sslrootcert=CA', 'none'],
  ])('as %s: %s', async (parameters, problem) => {
    expect(await tlsProblem(parameters.replace('CA', caFile))).toContain(problem);
  });

  it.each([
    ['verify-full', 'shows a certificate that is not believed (ERR_TLS_CERT_ALTNAME_INVALID)'],
    ['verify-ca', 'none'],
  ])('checks the name of the host as %s says', async (mode, problem) => {
    expect(await tlsProblem(`?sslmode=${mode}&sslrootcert=${caFile}`, '127.0.0.1')).toContain(problem);
  });

  function dataFolder(): string {
    const out = join(folder, 'where');
    chmodSync(folder, 0o777);
    server.run('postgres', `COPY (SELECT 1) TO '${out}'`);
    return out;
  }
});
