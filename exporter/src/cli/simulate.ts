import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { count, duration, instant } from '../config/scalars';
import { writeFolder } from '../replay/write-folder';
import { createWorld, type World } from '../simulation/world';
import { HOUR_MS, type Instant } from '../units/interval';
import { reportFailure } from './failure';
import { type Io, UsageError } from './io';
import { readOption, readSeed } from './option-values';
import { progressBar } from './progress-bar';

const HELP = `
The folder holds what a dcgm-exporter on each node, a kube-state-metrics and Metaflow's services would have said, a
configuration, and what every attempt costs, exactly. The same seed and options write the same folder.

Examples:
  $ flowledger simulate --seed 7 --out ./simulated
  $ flowledger simulate --seed 7 --out ./simulated --nodes 2 --hours 1
  $ flowledger replay ./simulated --speed 60 --until-closed`;

type Options = {
  readonly seed: string;
  readonly out: string;
  readonly nodes: string;
  readonly hours: string;
  readonly interval: string;
  readonly start: string;
};

/** Adds `simulate`: writes a generated cluster as a replay folder. */
export function registerSimulate(program: Command, io: Io): void {
  program
    .command('simulate')
    .description('write a generated cluster with exactly known costs as a replay folder')
    .requiredOption('--out <folder>', 'where to write it; new or empty')
    .option('--seed <number>', 'what chance starts from', '1')
    .option('--nodes <number>', 'nodes of eight GPUs', '8')
    .option('--hours <number>', 'how long the recording is', '2')
    .option('--interval <duration>', 'between two scrapes', '30s')
    .option('--start <instant>', 'a whole hour', '2026-01-05T00:00:00Z')
    .addHelpText('after', HELP)
    .action((options: Options) => simulate(options, io));
}

async function simulate(options: Options, io: Io): Promise<void> {
  try {
    const folder = resolve(io.folder, options.out);
    if (existsSync(folder) && readdirSync(folder).length > 0) throw new UsageError(`${folder} is not empty.`);
    const seed = readSeed(options.seed);
    const nodes = readOption('nodes', options.nodes, count(1, 200));
    const hours = readOption('hours', options.hours, count(1, 24 * 31));
    const intervalMs = readOption('interval', options.interval, duration(1000, HOUR_MS));
    const start = readOption('start', options.start, instant);
    if (start % HOUR_MS !== 0) throw new UsageError(`--start ${options.start} is not a whole hour.`);
    const end = start + hours * HOUR_MS;
    const world = simulatedWorld({ seed, nodes, start, hours });
    const onProgress = progressBar('Writing', io);
    const { targets } = await writeFolder(folder, { world, seed, start, end, intervalMs, onProgress });
    const { runs } = world.planAt(end);
    io.stdout.write(
      `Wrote ${folder}: ${hours} generated hour(s) of ${nodes} node(s), ${runs.length} runs, ` +
        `${targets.length} targets.\n` +
        `Next: flowledger replay ${options.out} --speed 60 --until-closed\n`,
    );
  } catch (error) {
    reportFailure(error, io);
  }
}

/** The shape of a world: `hours` from `start`, on `nodes` nodes of eight GPUs. */
export type WorldSize = {
  readonly seed: number;
  readonly nodes: number;
  readonly start: Instant;
  readonly hours: number;
};

const LONGEST_PACE_HOURS = 24;
const GAP_MINUTES_OF_A_DAY = 20;
const LEAST_GAP_MINUTES = 6;
const USUAL_NODES = 8;

/** A world that is over after `hours`: in a short one every step is shorter too, so that whole runs fit into it. */
export function simulatedWorld({ seed, nodes, start, hours }: WorldSize): World {
  const pace = Math.min(1, Math.max(0.1, hours / LONGEST_PACE_HOURS));
  const end = start + hours * HOUR_MS;
  const part = (share: number): number => Math.floor(hours * share * 3600) * 1000;
  return createWorld({
    seed,
    start,
    end,
    nodes,
    gapMinutes: (Math.max(LEAST_GAP_MINUTES, GAP_MINUTES_OF_A_DAY * pace) * USUAL_NODES) / nodes,
    pace,
    runawayAt: start + part(0.4),
    endpoint: 'gpu',
    reclaimsUntil: start + part(0.8),
    spotLife: [part(0.3), part(0.6)],
  });
}
