import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import { receipt, type Receipt } from '../contract/receipt';
import { createApp } from '../views/api/app';
import { OPEN } from '../views/auth/authenticate';
import { createServer } from '../views/auth/server';
import { askServer, problemText, type ServerAnswer, serverOf } from './ask-server';
import { reportFailure } from './failure';
import { receiptText } from './explain-text';
import { EXIT, type Io } from './io';
import { openLedger } from './ledger';
import { chooseStart } from './start-mode';
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

function pathOf(pathspec: string, { attempt, deployment }: Options): string {
  const query = new URLSearchParams({ pathspec });
  if (attempt !== undefined) query.set('attempt', attempt);
  if (deployment !== undefined) query.set('deployment', deployment);
  return `/api/v1/explain?${query.toString()}`;
}

const NO_SERVER: ServerAnswer = {
  status: 503,
  body: { title: 'No server answers', detail: 'The ledger lies in a ClickHouse server: start flowledger serve first.' },
};

/** Runs one cycle on a ledger of its own and asks the same route, so that both ways tell the same. */
async function askOwnLedger(path: string, { options, io }: { options: Options; io: Io }): Promise<ServerAnswer> {
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

function print(answer: ServerAnswer, { options, io }: { options: Options; io: Io }): void {
  const { status, body } = answer;
  if (status === 200) {
    const read: Receipt = receipt.parse(body);
    io.stdout.write(options.json ? `${JSON.stringify(read)}\n` : receiptText(read));
    return;
  }
  io.stderr.write(`${problemText(answer)}\n`);
  io.exit(status === 503 ? EXIT.unreachable : status >= 500 ? EXIT.internal : EXIT.usage);
}
