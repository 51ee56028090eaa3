import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Command } from 'commander';
import { openFolder, type ReplayFolder } from '../replay/folder-source';
import { rebasedRun, rebasedSource } from '../replay/rebase';
import { openTree } from '../replay/reveal-tree';
import { startStandIn } from '../replay/stand-in-server';
import { type ExpectedCosts, readExpected } from '../simulation/expected-costs';
import type { Published, RunExporter } from './exporter-run';
import { reportFailure } from './failure';
import { EXIT, type Io, UsageError } from './io';
import { checkListen } from './option-values';
import { progressBar } from './progress-bar';
import { type ReplayClock, replayClock } from './replay-clock';
import { askCosts, costDifferences } from './replay-compare';
import { replayConfigText, standInMode } from './replay-mode';
import { stopOnSignals, stopWhenUnread } from './stop-signals';

const HELP = `
Serves the folder over real HTTP and runs the exporter on it. Exporter and replay share one clock: FLOWLEDGER_CLOCK,
or --speed from the recording's start, or real time with all recorded times moved by whole hours to now.
With --until-closed it ends when the whole recording is closed, and compares every cost with expected.tsv.

Examples:
  $ flowledger replay ./simulated
  $ flowledger replay ./simulated --speed 60 --until-closed`;

type Options = { readonly untilClosed?: boolean; readonly speed?: string; readonly listen?: string };

/** Adds `replay DIR`: serves a replay folder and runs the exporter on it. */
export function registerReplay(program: Command, io: Io, runExporter: RunExporter): void {
  program
    .command('replay')
    .argument('<folder>', 'a replay folder, e.g. of flowledger simulate')
    .description('serve a recorded or generated cluster over HTTP and run the exporter on it')
    .option('--until-closed', 'end when everything is closed; exit code 3 when a cost is not as expected')
    .option('--speed <factor>', 'how many times as fast as it was')
    .option('--listen <address>', 'host:port of the exporter')
    .addHelpText('after', HELP)
    .action((folder: string, options: Options) => replay({ folder, ...options }, { io, runExporter }));
}

type Running = { readonly io: Io; readonly runExporter: RunExporter };

async function replay({ folder: named, ...options }: Options & { folder: string }, running: Running): Promise<void> {
  const { io, runExporter } = running;
  const stopping = stopOnSignals();
  stopWhenUnread(io, stopping);
  try {
    const listen = checkListen(options.listen);
    const folder = resolve(io.folder, named);
    if (!existsSync(join(folder, 'manifest.json'))) throw new UsageError(`${folder} holds no manifest.json.`);
    const opened = await openFolder(folder);
    const time = replayClock(opened.manifest.start, options.speed, io);
    const source = rebasedSource(opened.source, time.shiftMs);
    const standIn = await startStandIn({ source, now: () => time.clock.now() });
    const tree = await revealTree(join(folder, 'metaflow', '.metaflow'), time);
    try {
      const mode = await standInMode({
        folder,
        text: await replayConfigText(folder, time.shiftMs),
        env: io.env,
        url: standIn.url,
        tree: tree?.path ?? null,
        listen,
        source: folder,
        note: noteOf(opened),
        rebaseMs: time.shiftMs,
      });
      const onCycle = options.untilClosed ? await untilClosed({ folder, opened, time, stopping, io }) : undefined;
      const shared = { ...io, clock: time.clock };
      await runExporter({ mode, io: shared, stopping: stopping.signal, ...(onCycle ? { onCycle } : {}) });
    } finally {
      await tree?.close();
      await standIn.close();
    }
  } catch (error) {
    reportFailure(error, io);
  }
}

const REVEAL_EVERY_MS = 200;

/** Fills a folder with the recorded tree as its time comes; null where the recording has none. */
async function revealTree(
  from: string,
  { clock, shiftMs }: ReplayClock,
): Promise<{ readonly path: string; close(): Promise<void> } | null> {
  if (!existsSync(from)) return null;
  const tree = await openTree(from, shiftMs);
  await tree.reveal(clock.now());
  const ending = new AbortController();
  const filling = (async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await setTimeout(REVEAL_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      if (!ending.signal.aborted) await tree.reveal(clock.now());
    }
  })();
  const close = async (): Promise<void> => {
    ending.abort();
    await filling;
    await tree.close();
  };
  return { path: tree.path, close };
}

function noteOf({ manifest: { generated, start, end } }: ReplayFolder): string {
  const kind = generated ? 'GENERATED data: no machine, run or price is real' : 'a RECORDING, replayed';
  return `This is ${kind}. It covers ${start} to ${end}.`;
}

type Closing = {
  readonly folder: string;
  readonly opened: ReplayFolder;
  readonly time: ReplayClock;
  readonly stopping: AbortController;
  readonly io: Io;
};

/** Watches cycles until the recording is closed, then compares and stops. */
async function untilClosed({ folder, opened, time, stopping, io }: Closing): Promise<(at: Published) => Promise<void>> {
  const file = join(folder, 'expected.tsv');
  const recorded = existsSync(file) ? readExpected(await readFile(file, 'utf8')) : null;
  const rows = recorded?.rows.map((row) => ({ ...row, run: rebasedRun(row.run, time.shiftMs) })) ?? [];
  const expected = recorded && { ...recorded, rows };
  const { manifest } = opened;
  const [from, to] = [manifest.start, manifest.end].map((text) => Date.parse(text) + time.shiftMs) as [number, number];
  const show = progressBar('Replaying', io);
  return async ({ state, address, now }) => {
    show(Math.min(1, Math.max(0, (now - from) / (to - from))));
    if (state.completeUntil === null || state.completeUntil < to) return;
    if (expected === null) io.stdout.write('Closed. There is no expected.tsv to compare with.\n');
    else await compare({ address, deployment: manifest.deployment, expected, from, to }, io);
    stopping.abort();
  };
}

type Comparing = Parameters<typeof askCosts>[0] & { readonly expected: ExpectedCosts };

async function compare(asking: Comparing, io: Io): Promise<void> {
  const { expected } = asking;
  const differences = costDifferences(expected, await askCosts(asking));
  for (const { what, expected: amount, told } of differences) {
    io.stdout.write(`DIFFERS ${what}: expected ${amount}, the exporter says ${told ?? 'nothing'}\n`);
  }
  const compared = `${expected.rows.length} attempts and services, idle ${expected.idle}, total ${expected.total}`;
  if (differences.length === 0) return void io.stdout.write(`Every cost is as expected: ${compared}.\n`);
  io.stdout.write(`${differences.length} of these differ: ${compared}.\n`);
  io.exit(EXIT.checkFailed);
}
