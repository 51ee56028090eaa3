/**
 * A running system to break: a simulated cluster behind real HTTP, each of its sources on a port of its own, and the
 * built exporter that reads them. All of it has one clock, real time where nothing else is asked.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { clockFrom } from '../../exporter/src/clock';
import type { Finding } from '../../exporter/src/contract/finding';
import { SWEEP_FLOW } from '../../exporter/src/simulation/flow-catalog';
import { KUBE_STATE } from '../../exporter/src/simulation/kube-state';
import { CLUSTER, DEPLOYMENT } from '../../exporter/src/simulation/truth';
import type { WorldOptions } from '../../exporter/src/simulation/world';
import type { Instant } from '../../exporter/src/units/interval';
import { type SimulatedCluster, startSimulatedCluster } from '../support/simulated-cluster';
import { type ReadSample, readExposition } from '../support/small-exposition-parser';
import { type ExporterProcess, freePort, makeFolder, removeFolder, runningExporter } from './exporter-process';
import { type Front, startFront } from './live-front';

const MAIN = resolve(__dirname, '../../exporter/dist/main.js');
const GPU_FEED = 'generated-gpus';

/** A configuration document before it is written; sections are added or changed in place. */
export type Document = Record<string, any>;

/** How a stage is set: the world, how often feeds are asked, and what is changed in the configuration. */
export type StageOptions = {
  /** Its folder is called so. */
  readonly name: string;
  readonly world?: Partial<WorldOptions>;
  /** Of every feed; 1s at least. */
  readonly interval?: string;
  /** How many times as fast as real time the clock of cluster and exporter runs. */
  readonly speed?: number;
  /** What that clock shows at first; real time where it is not told. */
  readonly begins?: Instant;
  readonly change?: (document: Document, cluster: SimulatedCluster) => void;
  readonly env?: NodeJS.ProcessEnv;
  /** Breaks sources before the exporter starts; their names are those of {@link LiveStage.front}. */
  readonly breakFirst?: (front: LiveStage['front']) => void;
};

/** What a scrape showed. */
export type Scraped = {
  readonly samples: readonly ReadSample[];
  /** The samples of a family that carry all of these labels. */
  of(name: string, labels?: Readonly<Record<string, string>>): readonly ReadSample[];
  /** Their sum; null where there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number | null;
};

/** How `flowledger doctor --json` ended, and what it found. */
export type Diagnosed = {
  readonly code: number | null;
  readonly output: string;
  readonly findings: readonly Finding[];
  /** The findings of one check that are not ok. */
  troubles(check: Finding['check']): readonly Finding[];
};

/** A set stage. */
export type LiveStage = {
  readonly cluster: SimulatedCluster;
  /** The cluster's clock, and up to half a second the exporter's. */
  readonly now: () => Instant;
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  /** By name: that of a node, `ksm`, or `ui` for Metaflow's. */
  front(name: string): Front;
  /** What the health rows of a source are called: `generated-gpus/127.0.0.1:port`, …, `generated`. */
  feedOf(name: string): string;
  /** The nodes' names. */
  readonly nodes: readonly string[];
  /** Starts a run of one-GPU tasks that began their work before now and go on; gives its number. */
  beginRun(gpus: number): number;
  get<Body>(path: string): Promise<Body>;
  metrics(): Promise<Scraped>;
  /** Asks this exporter; further arguments come last. */
  doctor(...args: string[]): Promise<Diagnosed>;
  /** What the exporter has printed since it was started last. */
  output(): string;
  /** Ends the exporter by a signal. */
  end(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again, with another configuration where one is given, and waits for its first published state. */
  start(change?: (document: Document) => void): Promise<void>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
};

/** How far back {@link LiveStage.beginRun} starts: the steps before its GPUs take less than this at pace 0.01. */
const HEAD_START_MS = 3 * 60_000;

/** An exporter takes about so long to make its clock; one that is a little ahead of its sources is doubted by none. */
const UNTIL_ITS_CLOCK_MS = 800;

/** Sets a stage, and waits until every feed has answered. */
export async function startLiveStage(options: StageOptions): Promise<LiveStage> {
  const { name, interval = '1s', speed = 1, env, change } = options;
  const folder = makeFolder(name);
  const { now } = clockFrom(`${new Date(options.begins ?? Date.now()).toISOString()}@${speed}`);
  const cluster = await startSimulatedCluster({ now, pace: 0.01, ...options.world });
  const nodes = cluster.plan().hosts.map((host) => host.name);
  const fronts = await frontsOf(cluster, [...nodes, KUBE_STATE, 'ui']);
  const port = await freePort();
  const document = documentOf({ cluster, fronts, interval, port });
  change?.(document, cluster);
  const front: LiveStage['front'] = (source) => known(fronts.get(source), source);
  options.breakFirst?.(front);
  let exporter: ExporterProcess;
  const start: LiveStage['start'] = async (again) => {
    again?.(document);
    const begins = new Date(now() + speed * UNTIL_ITS_CLOCK_MS).toISOString();
    const clock = speed === 1 && options.begins === undefined ? {} : { FLOWLEDGER_CLOCK: `${begins}@${speed}` };
    exporter = await runningExporter({ folder, config: stringify(document), port, env: { ...env, ...clock } });
  };
  const url = `http://127.0.0.1:${port}`;
  const stage: LiveStage = {
    ...{ cluster, now, folder, port, url, nodes, start, front },
    feedOf: (source) => feedOf(source, front(source)),
    beginRun: (gpus) =>
      cluster.world.launch({ at: now() - HEAD_START_MS, flow: SWEEP_FLOW, fanOut: gpus, minutes: Infinity }),
    get: (path) => exporter.get(path),
    metrics: () => scrape(url),
    doctor: (...args) => diagnose(folder, ['--server', url, ...args]),
    output: () => exporter.output(),
    end: (signal) => exporter.stop(signal),
    async stop() {
      await exporter?.stop();
      for (const one of fronts.values()) await one.kill();
      await cluster.close();
      removeFolder(folder);
    },
  };
  await start();
  await allFeedsUp(stage, [...fronts.keys()]);
  return stage;
}

/** Waits until every one of these sources is read and hours may close. */
export async function allFeedsUp(stage: LiveStage, sources: readonly string[]): Promise<void> {
  await until('every feed is up', async () => {
    const { of } = await stage.metrics();
    const up = new Set(of('flowledger_feed_up').flatMap(({ labels, value }) => (value === 1 ? [labels['feed']] : [])));
    return sources.every((source) => up.has(stage.feedOf(source)));
  });
}

/**
 * Waits until `check` is true (or anything but null and false) and gives that; asks four times a second.
 * @throws Error that names `what`, after `limitMs`.
 */
export async function until<Value>(
  what: string,
  check: () => Promise<Value | null | false>,
  limitMs = 30_000,
): Promise<Value> {
  const startedAt = performance.now();
  for (;;) {
    const value = await check();
    if (value !== null && value !== false) return value;
    if (performance.now() - startedAt > limitMs) throw new Error(`Not within ${limitMs / 1000} s: ${what}.`);
    await sleep(250);
  }
}

/** Runs `flowledger doctor --json` in a folder with these arguments. */
export async function diagnose(folder: string, args: readonly string[]): Promise<Diagnosed> {
  const child = spawn(process.execPath, [MAIN, 'doctor', '--json', ...args], { cwd: folder, stdio: 'pipe' });
  const parts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const output = parts.join('');
  const findings = output.startsWith('{') ? (JSON.parse(output) as { findings: Finding[] }).findings : [];
  const troubles: Diagnosed['troubles'] = (check) =>
    findings.filter((finding) => finding.check === check && finding.status !== 'ok');
  return { code, output, findings, troubles };
}

async function scrape(url: string): Promise<Scraped> {
  const response = await fetch(`${url}/metrics`);
  const { samples } = readExposition(ownFamilies(await response.text()));
  const of: Scraped['of'] = (name, labels = {}) =>
    samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  return {
    samples,
    of,
    sum(name, labels) {
      const found = of(name, labels);
      return found.length === 0 ? null : found.reduce((sum, { value }) => sum + value, 0);
    },
  };
}

/** Without those of the process itself, which another writer prints; every sample in braces, as the reader wants it. */
function ownFamilies(text: string): string {
  const isOwn = (line: string): boolean => /^(# (HELP|TYPE) )?(metaflow_|flowledger_|gpu_hour_)/.test(line);
  const lines = text.split('\n').filter(isOwn);
  return lines.map((line) => line.replace(/^(\w+) /, '$1{} ')).join('\n');
}

async function frontsOf(cluster: SimulatedCluster, names: readonly string[]): Promise<ReadonlyMap<string, Front>> {
  const started = await Promise.all(names.map(async (name) => [name, await startFront(cluster.url)] as const));
  return new Map(started);
}

type Setting = {
  readonly cluster: SimulatedCluster;
  readonly fronts: ReadonlyMap<string, Front>;
  readonly interval: string;
  readonly port: number;
};

function documentOf({ cluster, fronts, interval, port }: Setting): Document {
  let text = cluster.config(interval);
  for (const [name, { url }] of fronts) {
    const path = name === 'ui' ? '/ui' : `/targets/${name}/metrics`;
    text = text.replaceAll(`${cluster.url}${path}`, `${url}${path}`);
  }
  return {
    ...(parse(text) as Document),
    server: { listen: `127.0.0.1:${port}` },
    store: { url: 'chdb:./data' },
    cycles: { live: interval },
  };
}

function feedOf(name: string, { place }: Front): string {
  if (name === 'ui') return DEPLOYMENT;
  return `${name === KUBE_STATE ? CLUSTER : GPU_FEED}/${place}`;
}

function known<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`The cluster has no ${name}.`);
  return value;
}

/** The document of a stage as a file beside its own, so that a test can break it without breaking the stage. */
export function writeDocument(stage: Pick<LiveStage, 'folder'>, name: string, document: string): string {
  const file = join(stage.folder, name);
  writeFileSync(file, document);
  return file;
}
