import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pino, { type Logger } from 'pino';
import type { Clock } from '../clock';
import type { PublishedState } from '../facts/published';
import { IntegrityError } from '../store/store';
import { createApp } from '../views/api/app';
import { listenText } from '../views/auth/listen';
import { createServer } from '../views/auth/server';
import { runtimeMetrics } from '../views/metrics/runtime';
import { type Access, readAccess } from './access';
import { type Bell, createBell } from './bell';
import type { ExporterRun } from './exporter-run';
import { type Io, UsageError } from './io';
import { type OpenLedger, openLedger } from './ledger';
import { banner } from './serve-banner';
import type { StartMode } from './start-mode';
import { versionOf } from './version';

type Running = {
  readonly mode: StartMode;
  readonly ledger: OpenLedger;
  readonly server: Server;
  readonly log: Logger;
  readonly bell: Bell;
};

/**
 * Runs the exporter until it is told to stop. Everything that it opened is closed then, and what the start unpacked is
 * removed. Throws what keeps it from starting.
 */
export async function runExporter({ mode, io, stopping, onCycle }: ExporterRun): Promise<void> {
  const { clock, env } = io;
  const log = pino({ name: 'flowledger', level: 'warn' }, pino.destination(2));
  let ledger: OpenLedger | null = null;
  let server: Server | null = null;
  try {
    log.level = levelOf(env['FLOWLEDGER_LOG_LEVEL']);
    const access = readAccess(mode.config.server);
    const onPhase = env['FLOWLEDGER_LOG_LEVEL'] === 'trace' ? tracer(log) : undefined;
    const onFault = (message: string): void => log.warn(message);
    const bell = createBell();
    const onNews = (): void => bell.ring();
    ledger = await openLedger({ mode, clock, onFault, onNews, ...(onPhase ? { onPhase } : {}) });
    const shown: { state: PublishedState | null } = { state: null };
    server = await listen({ mode, ledger, access, clock, log, shown });
    await keep({ mode, ledger, server, log, bell }, { io, shown, stopping, ...(onCycle ? { onCycle } : {}) });
  } finally {
    server?.closeAllConnections();
    server?.close();
    await ledger?.close();
    await mode.tidy();
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

/** What the console says waits for every feed to have answered, but no longer than this. */
const BANNER_WAITS_MS = 15_000;

/** A pod that starts is not kept waiting for the next cycle, but cycles are no closer than this. */
const CYCLES_APART_MS = 1_000;

/** How often a running exporter makes sure that the store still holds what was published. */
const VERIFY_EVERY_MS = 3_600_000;

type Keeping = { io: Io; shown: { state: PublishedState | null }; stopping: AbortSignal } & Pick<
  ExporterRun,
  'onCycle'
>;

async function keep(
  { mode, ledger, server, log, bell }: Running,
  { io, shown, stopping, onCycle }: Keeping,
): Promise<void> {
  const { clock } = io;
  const { store } = ledger;
  const cycleMs = mode.config.cycles.liveMs;
  const startedAt = performance.now();
  let isFirst = true;
  let verifiedAt = clock.now();
  while (!stopping.aborted) {
    try {
      shown.state = await ledger.keeper.cycle(clock.now());
      const isRead = shown.state.completeUntil !== null || performance.now() - startedAt > BANNER_WAITS_MS;
      if (isFirst && isRead)
        io.stdout.write(await banner(shown.state, { mode, store, address: addressOf(server, mode) }));
      isFirst = isFirst && !isRead;
      await onCycle?.({
        state: shown.state,
        address: addressOf(server, mode),
        now: clock.now(),
        isIntroduced: !isFirst,
      });
      if (Math.abs(clock.now() - verifiedAt) >= VERIFY_EVERY_MS) {
        await store.verify();
        verifiedAt = clock.now();
      }
    } catch (error) {
      if (error instanceof IntegrityError) throw error;
      log.error({ err: error }, 'A cycle failed; the last published numbers stand, and it is tried again.');
    }
    const longest = cycleMs / Math.max(clock.speed, 1);
    await bell.sleep({ shortest: Math.min(longest, CYCLES_APART_MS), longest }, stopping);
  }
}

function addressOf(server: Server, { config }: StartMode): string {
  const { port } = server.address() as AddressInfo;
  return `http://${listenText({ ...config.server.listen, port })}`;
}
