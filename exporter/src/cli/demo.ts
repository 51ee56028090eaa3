import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { parse, stringify } from 'yaml';
import { type Example, unpackExample } from '../feeds/example/unpack';
import { startStandIn } from '../replay/stand-in-server';
import { worldSource } from '../replay/world-source';
import { estateSettings, feedSettings } from '../simulation/estate-settings';
import { existsAt } from '../simulation/host-plan';
import { demoWorld, type World } from '../simulation/world';
import type { Plan } from '../simulation/world-facts';
import type { Instant } from '../units/interval';
import { demoText } from './demo-text';
import type { RunExporter } from './exporter-run';
import { reportFailure } from './failure';
import type { Io } from './io';
import { standInMode } from './replay-mode';
import { checkListen, readSeed } from './option-values';
import { stopOnSignals, stopWhenUnread } from './stop-signals';

const HELP = `
Two sources, both through the real feeds: recorded Metaflow runs on an example host, and a GENERATED week of eight
nodes with 64 GPUs that ends now and goes on. The store is temporary.

Example:
  $ flowledger demo`;

const EXAMPLE_FOLDER = resolve(__dirname, '../../example');
const NOTE =
  'These are EXAMPLE data: a recorded Metaflow history on a made-up host, and a GENERATED cluster of 64 GPUs. ' +
  'No price, node or run of the cluster is real.';
const SEED = 7;

/** Adds `demo`: living numbers in one command. */
export function registerDemo(program: Command, io: Io, runExporter: RunExporter): void {
  program
    .command('demo')
    .description('run the exporter on recorded runs and on a generated, living cluster of 64 GPUs')
    .option('--seed <number>', 'what the generated cluster starts from', String(SEED))
    .option('--listen <address>', 'host:port of the exporter')
    .addHelpText('after', HELP)
    .action((options: Options) => demo(options, { io, runExporter }));
}

type Options = { readonly seed: string; readonly listen?: string };

type Running = { readonly io: Io; readonly runExporter: RunExporter };

async function demo({ seed: seedText, ...options }: Options, { io, runExporter }: Running): Promise<void> {
  const stopping = stopOnSignals();
  stopWhenUnread(io, stopping);
  let scratch: string | null = null;
  try {
    const [seed, listen] = [readSeed(seedText), checkListen(options.listen)];
    scratch = await mkdtemp(join(tmpdir(), 'flowledger-demo-'));
    const now = io.clock.now();
    const recorded = await unpackExample(EXAMPLE_FOLDER, scratch);
    const { world } = demoWorld({ seed, now });
    const standIn = await startStandIn({ source: worldSource(world), now: () => io.clock.now() });
    try {
      const mode = await standInMode({
        folder: scratch,
        text: await demoConfig(world.planAt(now), { recorded, url: standIn.url, now }),
        env: io.env,
        url: standIn.url,
        listen,
        source: 'the demo',
        note: NOTE,
        rebaseMs: now - recorded.endsAt,
      });
      const tell = firstCycle(world, { io, url: standIn.url });
      await runExporter({ mode, io, stopping: stopping.signal, onCycle: tell });
    } finally {
      await standIn.close();
    }
  } catch (error) {
    reportFailure(error, io);
  } finally {
    if (scratch !== null) await rm(scratch, { recursive: true, force: true });
  }
}

type Sources = { readonly recorded: Example; readonly url: string; readonly now: Instant };

/** The demo's own configuration with the generated nodes, their prices and all feeds. */
async function demoConfig(plan: Plan, { recorded, url, now }: Sources): Promise<string> {
  const own = parse(await readFile(join(EXAMPLE_FOLDER, 'demo', 'flowledger.yaml'), 'utf8')) as {
    readonly hosts: readonly object[];
    readonly rate_cards: readonly object[];
  };
  const { hosts, rate_cards: cards } = estateSettings(plan);
  const asked = plan.hosts.filter((host) => existsAt(host, now));
  const { metaflow, kubernetes, dcgm } = feedSettings({ url, interval: '5s', asked });
  const { deployment, root } = recorded;
  const local = { name: 'recorded', deployment, type: 'local', path: root, host: 'example-gpu-1' };
  return stringify({
    ...own,
    hosts: [...own.hosts, ...hosts],
    rate_cards: [...own.rate_cards, ...cards],
    feeds: { metaflow: [local, ...metaflow], kubernetes, dcgm },
  });
}

function firstCycle(
  world: World,
  { io, url }: { io: Io; url: string },
): Parameters<RunExporter>[0]['onCycle'] & NonNullable<unknown> {
  let isTold = false;
  return async ({ address, now, isIntroduced }) => {
    if (isTold || !isIntroduced) return;
    isTold = true;
    io.stdout.write(demoText(world.planAt(now), { address, url, now }));
  };
}
