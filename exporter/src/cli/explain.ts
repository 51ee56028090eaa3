import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { loadConfig } from '../config';
import { receipt, type Receipt } from '../contract/receipt';
import { createApp } from '../views/api/app';
import { OPEN } from '../views/auth/authenticate';
import { listenText } from '../views/auth/listen';
import { createServer } from '../views/auth/server';
import { reportFailure } from './failure';
import { receiptText } from './explain-text';
import { EXIT, type Io, UsageError } from './io';
import { openLedger } from './ledger';
import { chooseStart, ConfigError } from './start-mode';
import { versionOf } from './version';

const HELP = `
Asks a running server first; where none answers, it reads the feeds and the store itself.

Examples:
  $ flowledger explain TrainFlow/1795233779432166
  $ flowledger explain TrainFlow/1795233779432166/train/2 --attempt 0 --json`;

type Options = {
  readonly config?: string;
  readonly server?: string;
  readonly tokenFile?: string;
  readonly json?: boolean;
  readonly attempt?: string;
  readonly deployment?: string;
};

/** Adds `explain PATHSPEC`: the arithmetic behind what a run, step, task or attempt costs. */
export function registerExplain(program: Command, io: Io): void {
  program
    .command('explain')
    .argument('<pathspec>', 'Flow/run, Flow/run/step or Flow/run/step/task')
    .description('show the arithmetic behind a cost: origin charges, prices, weights, shares')
    .option('--attempt <number>', 'only this attempt of the task')
    .option('--deployment <name>', 'where two deployments have the run')
    .option('--config <file>', 'the configuration')
    .option('--server <url>', 'the running server', undefined)
    .option('--token-file <file>', 'a file that holds the bearer token')
    .option('--json', 'print JSON')
    .addHelpText('after', HELP)
    .action((pathspec: string, _options, command: Command) => explain(pathspec, command.optsWithGlobals(), io));
}

async function explain(pathspec: string, options: Options, io: Io): Promise<void> {
  try {
    const path = pathOf(pathspec, options);
    const server = serverOf(options, io);
    const asked = await askServer(path, { ...options, server });
    const answer = asked ?? (options.server === undefined ? await askOwnLedger(path, { options, io }) : null);
    if (answer === null) {
      io.stderr.write(`No server answers at ${server}. Start one with: flowledger serve\n`);
      return io.exit(EXIT.unreachable);
    }
    print(answer, { options, io });
  } catch (error) {
    reportFailure(error, io);
  }
}

type Answer = { readonly status: number; readonly body: unknown };

function pathOf(pathspec: string, { attempt, deployment }: Options): string {
  const query = new URLSearchParams({ pathspec });
  if (attempt !== undefined) query.set('attempt', attempt);
  if (deployment !== undefined) query.set('deployment', deployment);
  return `/api/v1/explain?${query.toString()}`;
}

const DEFAULT_SERVER = 'http://127.0.0.1:9715';

/** The server that `--server` names, else the one that the configuration would start. */
function serverOf({ server, config }: Options, { folder, env }: Io): string {
  if (server !== undefined) {
    if (!/^https?:\/\//.test(server) || !URL.canParse(server)) {
      throw new UsageError(`--server ${server} is not an address; write http://host:port.`);
    }
    return server;
  }
  const path = config ?? resolve(folder, 'flowledger.yaml');
  if (config === undefined && !existsSync(path)) return DEFAULT_SERVER;
  const loaded = loadConfig({ path, env });
  if (loaded.config === null) throw new ConfigError(loaded.faults);
  const { listen, webConfig } = loaded.config.server;
  return `${webConfig === null ? 'http' : 'https'}://${listenText(listen)}`;
}

async function askServer(
  path: string,
  { server, tokenFile }: Options & { readonly server: string },
): Promise<Answer | null> {
  const token = tokenFile === undefined ? null : await tokenIn(tokenFile);
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  try {
    const response = await fetch(new URL(path, server), { headers });
    return { status: response.status, body: await response.json() };
  } catch {
    return null;
  }
}

async function tokenIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new UsageError(`--token-file ${file} cannot be read.`, { cause });
  }
}

const NO_SERVER: Answer = {
  status: 503,
  body: { title: 'No server answers', detail: 'The ledger lies in a ClickHouse server: start flowledger serve first.' },
};

/** Runs one cycle on a ledger of its own and asks the same route, so that both ways tell the same. */
async function askOwnLedger(path: string, { options, io }: { options: Options; io: Io }): Promise<Answer> {
  const { clock, env, folder } = io;
  const mode = await chooseStart({ folder, configPath: options.config ?? null, env, now: clock.now() });
  try {
    // A server store has no lock that keeps two writers apart; there only the running exporter may be asked.
    if (!mode.config.store.url.startsWith('chdb:')) return NO_SERVER;
    const ledger = await openLedger({ mode, clock });
    try {
      const state = await ledger.keeper.cycle(clock.now());
      const app = createApp({
        state: () => state,
        store: ledger.store,
        auth: OPEN,
        listen: { host: '127.0.0.1', port: 0 },
        clock,
        version: versionOf(),
        example: mode.example,
        log: { error: (_facts, message) => io.stderr.write(`${message}\n`) },
      });
      const server = createServer(app, { webConfig: null, folder: '.' });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const answer = await askServer(path, { server: `http://127.0.0.1:${port}` });
      server.closeAllConnections();
      server.close();
      return answer!;
    } finally {
      await ledger.close();
    }
  } finally {
    await mode.tidy();
  }
}

const toldProblem = z.object({ title: z.string(), detail: z.string(), remedy: z.string().optional() });

function print({ status, body }: Answer, { options, io }: { options: Options; io: Io }): void {
  if (status === 200) {
    const read: Receipt = receipt.parse(body);
    io.stdout.write(options.json ? `${JSON.stringify(read)}\n` : receiptText(read));
    return;
  }
  const told = toldProblem.safeParse(body);
  const { title, detail, remedy } = told.success ? told.data : { title: `Status ${status}`, detail: '', remedy: '' };
  io.stderr.write(`${title}. ${detail}${remedy ? ` ${remedy}` : ''}\n`);
  io.exit(status === 503 ? EXIT.unreachable : status >= 500 ? EXIT.internal : EXIT.usage);
}
