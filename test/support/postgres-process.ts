import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const VERSIONS = '/usr/lib/postgresql';

/** A real PostgreSQL of its own, in a new folder, on a Unix socket and a loopback port. */
export type PostgresProcess = {
  readonly port: number;
  /** Runs SQL as the superuser. */
  run(database: string, sql: string): void;
  /** Stops the server and keeps its data. */
  pause(): Promise<void>;
  /** Starts a paused server again. */
  resume(): Promise<void>;
  /** Stops the server and removes its data. */
  stop(): Promise<void>;
};

/** Makes a database cluster and starts it; PostgreSQL refuses to run as root, so there it runs as its own user. */
export async function runningPostgres(port: number): Promise<PostgresProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'flowledger-postgres-'));
  chmodSync(folder, 0o777);
  const data = join(folder, 'data');
  const bin = join(VERSIONS, readdirSync(VERSIONS).sort().at(-1)!, 'bin');
  asOwnUser(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync']);
  const [command, args] = ownUser(join(bin, 'postgres'), [
    '-D',
    data,
    '-p',
    String(port),
    '-k',
    folder,
    '-c',
    'fsync=off',
  ]);
  const psql = ['-h', folder, '-p', String(port), '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-q'];
  const started = async (): Promise<ChildProcess> => {
    const process = spawn(command, args, { stdio: 'ignore' });
    await untilReady(process, () => spawnSync('psql', [...psql, '-d', 'postgres', '-c', 'SELECT 1']).status === 0);
    return process;
  };
  let child = await started();
  const pause = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    asOwnUser(join(bin, 'pg_ctl'), ['-D', data, '-m', 'immediate', 'stop']);
    if (child.exitCode === null) await new Promise((done) => child.once('exit', done));
  };
  return {
    port,
    run(database, sql) {
      const { status, stderr } = spawnSync('psql', [...psql, '-d', database], { input: sql, encoding: 'utf8' });
      if (status !== 0) throw new Error(`psql: ${stderr}`);
    },
    pause,
    async resume() {
      child = await started();
    },
    async stop() {
      await pause();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function asOwnUser(command: string, args: readonly string[]): void {
  const [program, all] = ownUser(command, args);
  const { status, stderr } = spawnSync(program, all, { encoding: 'utf8', cwd: tmpdir() });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
}

function ownUser(command: string, args: readonly string[]): [string, string[]] {
  const isRoot = process.getuid?.() === 0;
  return isRoot ? ['runuser', ['-u', 'postgres', '--', command, ...args]] : [command, [...args]];
}

async function untilReady(child: ChildProcess, isReady: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}.`);
    if (isReady()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('PostgreSQL did not start in time.');
}
