/**
 * A run's burn triples in a simulated cluster, behind the real feeds, the real Prometheus and Alertmanager and the
 * shipped rules and routing: how long until Prometheus shows it, and until a webhook hears of it. Twenty staggered
 * trials, every delay printed; the promise is 20 s and 60 s.
 * @needs prometheus alertmanager
 */
import { parse, stringify } from 'yaml';
import { SWEEP_FLOW } from '../../exporter/src/simulation/flow-catalog';
import { type SimulatedCluster, startSimulatedCluster } from '../support/simulated-cluster';
import { type AlertingStage, startAlerting } from './alerting-stage';
import { type ExporterProcess, freePort, makeFolder, removeFolder, runningExporter } from './exporter-process';

const TRIALS = 20;
const SHOWN_WITHIN_MS = 20_000;
const HEARD_WITHIN_MS = 60_000;
/** So far apart do trials begin; not a multiple of any interval, so that they meet every phase of the scrapes. */
const STAGGER_MS = 3_300;
/** The runs began so long ago: what leads up to their GPU step is over. */
const LED_UP_MS = 20 * 60_000;
/** One GPU at 40 $/h is calm; three at 120 $/h are above the shipped threshold of 100 $/h. */
const HOST_PER_HOUR = '320';

type Trial = { readonly run: number; readonly burnsAt: number; shown: number | null; heard: number | null };

const now = (): number => performance.timeOrigin + performance.now();
const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

describe('A run whose burn triples', () => {
  const folder = makeFolder('live-alerts');
  let cluster: SimulatedCluster;
  let exporter: ExporterProcess;
  let stage: AlertingStage;
  let runs: readonly number[] = [];

  beforeAll(async () => {
    cluster = await startSimulatedCluster({ now, nodes: 16 });
    const port = await freePort();
    const config = parse(cluster.config('5s')) as { rate_cards: { price_per_hour: string }[] };
    for (const card of config.rate_cards) card.price_per_hour = HOST_PER_HOUR;
    const server = { listen: `127.0.0.1:${port}` };
    exporter = await runningExporter({ folder, config: stringify({ ...config, server }), port });
    stage = await startAlerting({ folder, target: `127.0.0.1:${port}` });
  }, 120_000);

  afterAll(async () => {
    await stage?.stop();
    await exporter?.stop();
    await cluster?.close();
    removeFolder(folder);
  });

  test('is calm before', async () => {
    const begun = { flow: SWEEP_FLOW, fanOut: 1, minutes: Infinity };
    runs = Array.from({ length: TRIALS + 1 }, () => cluster.world.launch({ ...begun, at: now() - LED_UP_MS }));
    const isCalm = async (): Promise<boolean> => {
      const rates = [...(await ratesOf(stage)).values()];
      return rates.length === runs.length && rates.every((rate) => rate === 40);
    };
    await until(isCalm, 120_000);
    expect(await isCalm()).toBe(true);
    expect(stage.alertmanager.heard).toEqual([]);
  }, 180_000);

  test('is heard of, and stopped', async () => {
    const [first] = runs;
    cluster.addTasks(first!, 2);
    await until(() => Promise.resolve(isHeardOf(first!, 'firing')), HEARD_WITHIN_MS);
    expect(isHeardOf(first!, 'firing')).toBe(true);
    cluster.stopRun(first!);
  }, 120_000);

  test('is seen within 20 s and heard of within 60 s, 20 times of 20', async () => {
    const trials: Trial[] = [];
    const watching = watch(trials, stage);
    for (const run of runs.slice(1)) {
      cluster.addTasks(run, 2);
      trials.push({ run, burnsAt: now(), shown: null, heard: null });
      await pause(STAGGER_MS);
    }
    await watching;
    process.stdout.write(tableOf(trials));
    expect(trials.filter(({ shown }) => shown === null || shown > SHOWN_WITHIN_MS)).toEqual([]);
    expect(trials.filter(({ heard }) => heard === null || heard > HEARD_WITHIN_MS)).toEqual([]);
  }, 300_000);

  test('is heard of once more when it is over', async () => {
    const [first] = runs;
    await until(() => Promise.resolve(isHeardOf(first!, 'resolved')), 240_000);
    expect(isHeardOf(first!, 'resolved')).toBe(true);
    expect(isHeardOf(runs[1]!, 'resolved')).toBe(false);
  }, 300_000);

  const isHeardOf = (run: number, wanted: 'firing' | 'resolved'): boolean =>
    stage.alertmanager.heard.some(({ status, labels }) => status === wanted && labels['run_id'] === String(run));
});

async function ratesOf(stage: AlertingStage): Promise<Map<string, number>> {
  const samples = await stage.query('metaflow_run_cost_dollars_per_hour');
  return new Map(samples.map(({ labels, value }) => [labels['run_id']!, value]));
}

/** Looks four times a second until every trial is over or too late. */
async function watch(trials: readonly Trial[], stage: AlertingStage): Promise<void> {
  await until(
    async () => {
      const rates = await ratesOf(stage);
      for (const trial of trials) {
        const id = String(trial.run);
        if ((rates.get(id) ?? 0) > 119) trial.shown ??= now() - trial.burnsAt;
        const heard = stage.alertmanager.heard.find(
          ({ status, labels }) => status === 'firing' && labels['run_id'] === id,
        );
        if (heard) trial.heard ??= heard.heardAt - trial.burnsAt;
      }
      return trials.length === TRIALS && trials.every(({ shown, heard }) => shown !== null && heard !== null);
    },
    TRIALS * STAGGER_MS + 2 * HEARD_WITHIN_MS,
  );
}

async function until(isSo: () => Promise<boolean>, milliseconds: number): Promise<void> {
  for (const deadline = now() + milliseconds; now() < deadline;) {
    if (await isSo().catch(() => false)) return;
    await pause(250);
  }
}

function tableOf(trials: readonly Trial[]): string {
  const seconds = (delay: number | null): string => (delay === null ? 'never' : (delay / 1000).toFixed(1)).padStart(8);
  const rows = trials.map(({ run, shown, heard }) => `${String(run).padStart(6)}${seconds(shown)}${seconds(heard)}`);
  const quantile = (pick: 'shown' | 'heard', part: number): string => {
    const delays = trials.map((trial) => trial[pick] ?? Infinity).sort((a, b) => a - b);
    return (delays[Math.min(delays.length - 1, Math.ceil(delays.length * part) - 1)]! / 1000).toFixed(1);
  };
  const sums = (['shown', 'heard'] as const).map(
    (pick) => `${pick}: p50 ${quantile(pick, 0.5)} s, p95 ${quantile(pick, 0.95)} s, max ${quantile(pick, 1)} s`,
  );
  return `\n   run   shown   heard (seconds after the burn tripled)\n${rows.join('\n')}\n${sums.join('; ')}\n`;
}
