/**
 * 10,000 GPUs at 30 s: 1,250 dcgm-exporters and a kube-state-metrics of 1,250 nodes and 4,000 running pods, scraped by
 * the built exporter near the end of an hour, when the open hour is at its longest. Every window is printed beside its
 * goal; what is asserted is that all of it arrives in time. `npm run bench` does all of it, any other run a hundredth.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../../exporter/src/store/open-store';
import { GpuCrowd } from '../support/gpu-crowd';
import { type ServedCrowd, serveGpuCrowd } from '../support/gpu-crowd-server';
import { type Look, MeasuredExporter, valuesOf } from './measured-exporter';
import {
  type ExporterProcess,
  freePort,
  makeFolder,
  removeFolder,
  runningExporter,
  stopProcess,
  unpackRecording,
} from './exporter-process';

type Size = {
  readonly nodes: number;
  readonly intervalSeconds: number;
  readonly liveSeconds: number;
  /** Minutes of the hour that the store holds already. */
  readonly minutesBefore: number;
  readonly windows: number;
  readonly windowSeconds: number;
  /** How old the newest answer of a target may be on a busy machine. */
  readonly lagSeconds: number;
  /** Whether the end of the hour is waited for. */
  readonly closes: boolean;
};
const WHOLE: Size = {
  nodes: 1250,
  intervalSeconds: 30,
  liveSeconds: 5,
  minutesBefore: 53,
  windows: 6,
  windowSeconds: 30,
  lagSeconds: 90,
  closes: true,
};
const HUNDREDTH: Size = {
  nodes: 13,
  intervalSeconds: 2,
  liveSeconds: 1,
  minutesBefore: 1,
  windows: 1,
  windowSeconds: 3,
  lagSeconds: 30,
  closes: false,
};
const SIZE = process.env['BENCH'] === '1' ? WHOLE : HUNDREDTH;

const MINUTE = 60_000;
const HOUR = Date.UTC(2026, 10, 22, 10);
const START = HOUR + SIZE.minutesBefore * MINUTE;
/** The hour closes this long after its end. */
const CLOSE_DELAY_SECONDS = 30;
const CLOSING_SECONDS = 60;
const SEEN_WITHIN_SECONDS = 240;

/** Node itself reads no TypeScript; the compiler that jest uses does. */
const SERVE = `
  const { transformFileSync } = require('@swc/core');
  const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };
  require.extensions['.ts'] = (module, path) => module._compile(transformFileSync(path, options).code, path);
  require(process.argv[1]).${serveGpuCrowd.name}(JSON.parse(process.argv[2]));
`;

describe(`${SIZE.nodes * 8} GPUs every ${SIZE.intervalSeconds} s`, () => {
  const folder = makeFolder('gpu-crowd');
  const crowd = new GpuCrowd(SIZE.nodes, HOUR);
  let standIn: ChildProcess;
  let exporter: ExporterProcess;
  let measured: MeasuredExporter;
  let startedAt: number;

  const clock = (): number => START + Date.now() - startedAt;

  beforeAll(async () => {
    await keepHourBefore(join(folder, 'store'), crowd);
    unpackRecording(folder);
    startedAt = Date.now();
    const served = { nodes: SIZE.nodes, hour: HOUR, aheadMs: START - startedAt };
    const serving = await startCrowd(served);
    standIn = serving.child;
    const port = await freePort();
    writeTargets(join(folder, 'targets.json'), serving.port);
    const ahead = new Date(clock()).toISOString();
    exporter = await runningExporter({
      folder,
      port,
      config: configOf({ port, crowdPort: serving.port }),
      env: { FLOWLEDGER_CLOCK: `${ahead}@1` },
    });
    measured = new MeasuredExporter(exporter, clock);
  }, 600_000);

  afterAll(async () => {
    await exporter?.stop();
    if (standIn) await stopProcess(standIn);
    removeFolder(folder);
  });

  test('are all seen, and every target is read in time', async () => {
    await untilAllSeen(measured, crowd);
    await sleep(SIZE.intervalSeconds * 1000);
    const looks: Look[] = [];
    for (let window = 1; window <= SIZE.windows; window += 1) {
      looks.push(...(await measured.window(`window ${window}`, SIZE.windowSeconds)));
    }
    expect(Math.max(...looks.map(({ lagSeconds }) => lagSeconds))).toBeLessThan(SIZE.lagSeconds);
    const { text } = await measured.scrape();
    expect(seenGpus(text)).toBe(crowd.gpus);
    expect(valuesOf(text, 'flowledger_feed_up').filter((up) => up !== 1)).toEqual([]);
    expect(valuesOf(text, 'flowledger_feed_samples_dropped_total')).toEqual([]);
  }, 900_000);

  if (SIZE.closes) {
    test('close their hour', async () => {
      await sleep(Math.max(0, HOUR + 60 * MINUTE + CLOSE_DELAY_SECONDS * 1000 - clock()));
      await measured.window(`${SIZE.nodes} hours close`, CLOSING_SECONDS);
      const { text } = await measured.scrape();
      expect(valuesOf(text, 'flowledger_invariant_violations_total')).toEqual([0]);
      const closed = valuesOf(text, 'flowledger_gpu_seconds_total', 'gpu_model="NVIDIA H100"');
      expect(closed.reduce((total, seconds) => total + seconds, 0)).toBeCloseTo(crowd.gpus * 3600, 3);
    }, 900_000);
  }
});

/** Fills a store with what an exporter that ran since the start of the hour has kept. */
async function keepHourBefore(path: string, crowd: GpuCrowd): Promise<void> {
  const store = await openStore({ url: `chdb:${path}` });
  const step = SIZE.intervalSeconds * 1000;
  for (let at = HOUR + step; at < START; at += step) await store.appendSamples(crowd.samplesAt(at, 2 * step));
  await store.close();
}

async function startCrowd(served: ServedCrowd): Promise<{ child: ChildProcess; port: number }> {
  const server = resolve(__dirname, '../support/gpu-crowd-server.ts');
  const child = spawn(process.execPath, ['-e', SERVE, server, JSON.stringify(served)], {
    cwd: resolve(__dirname, '../..'),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, port: Number(line.toString()) };
}

function writeTargets(path: string, port: number): void {
  const groups = Array.from({ length: SIZE.nodes }, (_, node) => ({
    targets: [`127.0.0.1:${port}`],
    labels: { __metrics_path__: `/nodes/${node}/metrics` },
  }));
  writeFileSync(path, JSON.stringify(groups));
}

function configOf({ port, crowdPort }: { port: number; crowdPort: number }): string {
  const interval = `${SIZE.intervalSeconds}s`;
  const limits = 'max_body_mib: 128, sample_limit: 1000000';
  const kubeState = `targets: ["127.0.0.1:${crowdPort}/kube-state/metrics"], interval: ${interval}, ${limits}`;
  return `server: { listen: "127.0.0.1:${port}" }
store: { url: "chdb:./store" }
cycles: { live: ${SIZE.liveSeconds}s, close_delay: ${CLOSE_DELAY_SECONDS}s }
feeds:
  metaflow: [{ name: prod, type: local, path: ./.metaflow, poll: ${interval}, host: workstation }]
  kubernetes: [{ name: cluster, ${kubeState} }]
  dcgm: [{ name: gpus, discovery: { file: targets.json }, interval: ${interval} }]
hosts:
  - { name: workstation, gpus: 8, gpu_model: Recorded GPU, vcpu: 64, memory_gib: 512 }
rate_cards:
  - { name: test card, applies_to: { host: workstation }, price_per_hour: 32 }
`;
}

async function untilAllSeen(measured: MeasuredExporter, crowd: GpuCrowd): Promise<void> {
  for (let second = 0; second < SEEN_WITHIN_SECONDS; second += 1) {
    const { text } = await measured.scrape();
    const isWhole = valuesOf(text, 'flowledger_complete_until_timestamp_seconds').length > 0;
    if (isWhole && seenGpus(text) === crowd.gpus) return;
    await sleep(1000);
  }
  throw new Error(`Not all ${crowd.gpus} GPUs are seen after ${SEEN_WITHIN_SECONDS} s.`);
}

const seenGpus = (text: string): number =>
  valuesOf(text, 'flowledger_telemetry_gpus', 'state="seen"').reduce((total, gpus) => total + gpus, 0);
