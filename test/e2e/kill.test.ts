/**
 * The exporter is killed (SIGKILL) at random moments of ingest, close and publish while ever more runs arrive, some of
 * them in hours that are closed already. In the end every number equals that of an exporter that nobody disturbed.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  configOf,
  freePort,
  makeFolder,
  removeFolder,
  runningExporter,
  startExporter,
  unpackRecording,
} from './exporter-process';
import { copyShifted } from './shifted-recording';

const KILLS = 50;
const KILLS_A_STORE = 5;
const CLOCK = '2026-11-21T09:30:00Z@1';
/** Later parts lie before earlier ones or in the same hours, so that they restate what is closed. */
const SHIFTS_MS = [0, 7_200_000, 3_600_000, 1_200_000, 10_800_000, 4_500_000];
const COUNTED = ['ingest', 'stage', 'verify', 'publish', 'close'] as const;

type Totals = { readonly runs: unknown; readonly hours: unknown };

describe('kill -9', () => {
  const folder = makeFolder('kill');
  const parts = join(folder, 'parts');

  beforeAll(() => {
    const recorded = join(folder, 'recorded');
    mkdirSync(recorded);
    unpackRecording(recorded);
    SHIFTS_MS.forEach((shift, index) => copyShifted(join(recorded, '.metaflow'), join(parts, String(index)), shift));
  }, 120_000);

  afterAll(() => removeFolder(folder));

  test(`at ${KILLS} random moments loses nothing and doubles nothing`, async () => {
    const undisturbed = await totalsOf(estateWith('undisturbed', SHIFTS_MS.length));
    expect((undisturbed.runs as unknown[]).length).toBe(8 * SHIFTS_MS.length);
    const hits = new Map<string, number>();
    for (let store = 0; store * KILLS_A_STORE < KILLS; store += 1) {
      const place = estateWith(`store-${store}`, 1);
      for (let kill = 0; kill < KILLS_A_STORE; kill += 1) {
        addPart(place, kill + 1);
        const phase = await killAtRandom(place, store * KILLS_A_STORE + kill);
        hits.set(phase, (hits.get(phase) ?? 0) + 1);
      }
      expect(await totalsOf(place)).toEqual(undisturbed);
      rmSync(place, { recursive: true });
    }
    process.stderr.write(`kill -9 hit: ${[...hits].map(([phase, count]) => `${phase} ${count}`).join(', ')}\n`);
    expect([...hits.values()].reduce((sum, count) => sum + count, 0)).toBe(KILLS);
    for (const phase of COUNTED) expect([phase, (hits.get(phase) ?? 0) > 0]).toEqual([phase, true]);
  }, 600_000);

  /** A folder with a configuration's tree that holds the first `count` parts. */
  function estateWith(name: string, count: number): string {
    const place = join(folder, name);
    mkdirSync(place);
    cpSync(join(folder, 'recorded', '.metaflow'), join(place, '.metaflow'), {
      recursive: true,
      filter: (path) => !/\/\d{16}(\/|$)/.test(path),
    });
    for (let index = 0; index < count; index += 1) addPart(place, index);
    return place;
  }

  /** Hard links keep the files' times. */
  function addPart(place: string, index: number): void {
    spawnSync('cp', ['-al', `${join(parts, String(index))}/.`, join(place, '.metaflow')]);
  }
});

/** Starts the exporter and kills it a random while after a randomly chosen phase began; returns the phase it was in. */
async function killAtRandom(folder: string, round: number): Promise<string> {
  const port = await freePort();
  const env = { FLOWLEDGER_CLOCK: CLOCK, FLOWLEDGER_LOG_LEVEL: 'trace' };
  const child = startExporter({ folder, config: configOf({ port, gpus: 8, price: '32' }), env });
  const aim = COUNTED[round % COUNTED.length]!;
  const delayMs = Math.random() * (aim === 'ingest' ? 150 : 25);
  let phase = 'start';
  let armed = false;
  const ended = once(child, 'exit');
  child.stderr!.on('data', (part: Buffer) => {
    for (const [, name] of part.toString().matchAll(/"phase":"(\w+)"/g)) {
      phase = name!;
      if (armed || phase !== aim) continue;
      armed = true;
      setTimeout(() => child.kill('SIGKILL'), delayMs);
    }
  });
  const [code, signal] = (await ended) as [number | null, string | null];
  if (signal !== 'SIGKILL') throw new Error(`The exporter ended by itself: ${code} ${signal}`);
  return phase;
}

/** What an exporter says in the end: every run's cost and every host-hour's parts. */
async function totalsOf(folder: string): Promise<Totals> {
  const port = await freePort();
  const config = configOf({ port, gpus: 8, price: '32' });
  const exporter = await runningExporter({ folder, config, port, env: { FLOWLEDGER_CLOCK: CLOCK } });
  try {
    const runs = await exporter.get<{ items: RunItem[] }>('/api/v1/runs?limit=500');
    const idle = await exporter.get<{ items: HourItem[] }>('/api/v1/idle?limit=500&to=2026-11-21T09:00:00.000Z');
    return {
      runs: runs.items.map(({ flow, runId, cost, outcome }) => [flow, runId, cost, outcome]),
      hours: idle.items.map(({ from, cost, workload, unattributed, causes }) => [
        from,
        cost,
        workload,
        unattributed,
        causes,
      ]),
    };
  } finally {
    await exporter.stop();
  }
}

type RunItem = { flow: string; runId: string; cost: string; outcome: string };
type HourItem = { from: string; cost: string; workload: string; unattributed: string; causes: unknown };
