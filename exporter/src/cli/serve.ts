import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Command } from 'commander';
import pino, { type Logger } from 'pino';
import type { Clock } from '../clock';
import type { PublishedState } from '../facts/published';
import { IntegrityError } from '../store/store';
import { createApp } from '../views/api/app';
import { listenText } from '../views/auth/listen';
import { createServer } from '../views/auth/server';
import { runtimeMetrics } from '../views/metrics/runtime';
import { type Access, readAccess } from './access';
import { reportFailure } from './failure';
import { type Io, UsageError } from './io';
import { type OpenLedger, openLedger } from './ledger';
import { banner } from './serve-banner';
import { chooseStart, type StartMode } from './start-mode';
import { versionOf } from './version';

const HELP = `
Reads ./flowledger.yaml if there is one, else ./.metaflow, else a bundled example.

Examples:
  $ flowledger serve
  $ flowledger serve --config /etc/flowledger.yaml
  $ FLOWLEDGER_CLOCK=2026-11-21T05:00:00Z@1 flowledger serve     (a clock of its own, for recordings)`;

/** Adds `serve`: the exporter, until it is told to stop. */
export function registerServe(program: Command, io: Io): void {
  program
    .command('serve')
    .description('read the feeds, keep the ledger, and serve /metrics, the API and the landing page')
    .option('--config <file>', 'the configuration')
    .addHelpText('after', HELP)
    .action((_options, command: Command) => serve(command.optsWithGlobals(), io));
}

type Running = { readonly mode: StartMode; readonly ledger: OpenLedger; readonly server: Server; readonly log: Logger };

async function serve({ config }: { config?: string }, io: Io): Promise<void> {
  const { clock, env, folder } = io;
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const log = pino({ name: 'flowledger', level: 'warn' }, pino.destination(2));
  let mode: StartMode | null = null;
  let ledger: OpenLedger | null = null;
  let server: Server | null = null;
  try {
    log.level = levelOf(env['FLOWLEDGER_LOG_LEVEL']);
    mode = await chooseStart({ folder, configPath: config ?? null, env, now: clock.now() });
    const access = readAccess(mode.config.server);
    const onPhase = env['FLOWLEDGER_LOG_LEVEL'] === 'trace' ? tracer(log) : undefined;
    const onFault = (message: string): void => log.warn(message);
    ledger = await openLedger({ mode, clock, onFault, ...(onPhase ? { onPhase } : {}) });
    const shown: { state: PublishedState | null } = { state: null };
    server = await listen({ mode, ledger, access, clock, log, shown });
    await keep({ mode, ledger, server, log }, { io, shown, stopping: stopping.signal });
  } catch (error) {
    reportFailure(error, io);
  } finally {
    server?.closeAllConnections();
    server?.close();
    await ledger?.close();
    await mode?.tidy();
  }
}

function levelOf(text = 'warn'): string {
  if (text in pino.levels.values || text === 'silent') return text;
  const levels = Object.keys(pino.levels.values).join(', ');
  throw new UsageError(`FLOWLEDGER_LOG_LEVEL=${text} is not one of ${levels}, silent.`);
}

/** Every phase as one line, written before it begins: the kill tests read it to know what they hit. */
const tracer =
  (log: Logger) =>
  (phase: string): void =>
    log.trace({ phase }, 'phase');

type Listening = {
  mode: StartMode;
  ledger: OpenLedger;
  access: Access;
  clock: Clock;
  log: Logger;
  shown: { state: PublishedState | null };
};

async function listen({ mode, ledger, access, clock, log, shown }: Listening): Promise<Server> {
  const { listen: address } = mode.config.server;
  const { maxRuns, finishedTtlMs } = mode.config.metrics;
  const app = createApp({
    state: () => shown.state,
    store: ledger.store,
    auth: access.auth,
    listen: address,
    clock,
    version: versionOf(),
    example: mode.example,
    limits: { maxRuns, finishedTtlMs },
    runtime: runtimeMetrics(),
    log,
  });
  const server = createServer(app, { webConfig: access.webConfig, folder: access.folder });
  server.listen(address.port, address.host);
  await once(server, 'listening');
  return server;
}

/** How often a running exporter makes sure that the store still holds what was published. */
const VERIFY_EVERY_MS = 3_600_000;

type Keeping = { io: Io; shown: { state: PublishedState | null }; stopping: AbortSignal };

async function keep({ mode, ledger, server, log }: Running, { io, shown, stopping }: Keeping): Promise<void> {
  const { clock } = io;
  const { store } = ledger;
  const cycleMs = mode.config.cycles.liveMs;
  let isFirst = true;
  let verifiedAt = clock.now();
  while (!stopping.aborted) {
    try {
      shown.state = await ledger.keeper.cycle(clock.now());
      if (isFirst) io.stdout.write(await banner(shown.state, { mode, store, address: addressOf(server, mode) }));
      isFirst = false;
      if (Math.abs(clock.now() - verifiedAt) >= VERIFY_EVERY_MS) {
        await store.verify();
        verifiedAt = clock.now();
      }
    } catch (error) {
      if (error instanceof IntegrityError) throw error;
      log.error({ err: error }, 'A cycle failed; the last published numbers stand, and it is tried again.');
    }
    await pause(cycleMs / Math.max(clock.speed, 1), stopping);
  }
}

function addressOf(server: Server, { config }: StartMode): string {
  const { port } = server.address() as AddressInfo;
  return `http://${listenText({ ...config.server.listen, port })}`;
}

function pause(milliseconds: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    stopping.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      stopping.removeEventListener('abort', done);
      resolve();
    }
  });
}
