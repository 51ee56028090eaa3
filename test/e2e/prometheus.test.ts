/**
 * A real Prometheus scrapes the exporter, whose clock stands on the recording's day: PromQL gives the table's numbers.
 * @needs prometheus
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scaled, trimmed } from './amounts';
import { parseRows } from '../laws/attempts-table';
import {
  configOf,
  type ExporterProcess,
  freePort,
  makeFolder,
  removeFolder,
  runningExporter,
  unpackRecording,
} from './exporter-process';
import { type PrometheusProcess, runningPrometheus } from './prometheus-process';

const TABLES = join(__dirname, '../reference/tables');
const HOUR = { from: '2026-11-21T04:00:00.000Z', to: '2026-11-21T05:00:00.000Z' };

type IdleItem = { host: string; cost: string; workload: string; idle: string; unattributed: string; from: string };

describe.each([
  { gpus: 8, table: 'local-8gpu-32usd.tsv', perGpuHour: 4 },
  { gpus: 4, table: 'local-4gpu-32usd.tsv', perGpuHour: 8 },
])('a host with $gpus GPUs at 32 $/h', ({ gpus, table, perGpuHour }) => {
  const rows = parseRows(readFileSync(join(TABLES, table), 'utf8'));
  const runs = rows.filter(({ kind }) => kind === 'run');
  const folder = makeFolder('prometheus');
  let exporter: ExporterProcess;
  let prometheus: PrometheusProcess;

  beforeAll(async () => {
    unpackRecording(folder);
    const port = await freePort();
    const config = configOf({ port, gpus, price: '32' });
    exporter = await runningExporter({ folder, config, port, env: { FLOWLEDGER_CLOCK: '2026-11-21T05:30:00Z@1' } });
    prometheus = await runningPrometheus({ folder, port: await freePort(), target: `127.0.0.1:${port}` });
  });

  afterAll(async () => {
    await prometheus?.stop();
    await exporter?.stop();
    removeFolder(folder);
  });

  test('every run costs in PromQL what the table says', async () => {
    const costs = await prometheus.query('sum without(basis) (metaflow_run_cost_dollars)');
    const seen = costs.map(({ labels, value }) => [`${labels['flow']}/${labels['run_id']}`, value]).sort();
    expect(runs).toHaveLength(8);
    expect(seen).toEqual(runs.map(({ flow, run, amount }) => [`${flow}/${run}`, Number(amount)]).sort());
  });

  test('every run and attempt costs in the API what the table says, to the last digit', async () => {
    for (const { flow, run, amount } of runs) {
      const page = await exporter.get<{ cost: string; steps: ApiStep[] }>(`/api/v1/runs/${flow}/${run}`);
      expect(page.cost).toBe(trimmed(amount!));
      const attempts = page.steps.flatMap(({ step, tasks }) =>
        tasks.flatMap(({ task, attempts: all }) =>
          all.map(({ attempt, cost }) => [`${step}/${task}#${attempt}`, cost]),
        ),
      );
      const expected = rows
        .filter((row) => row['kind'] === 'attempt' && row['flow'] === flow && row['run'] === run)
        .map((row) => [`${row['step']}/${row['task']}#${row['attempt']}`, trimmed(row['amount']!)]);
      expect(attempts.sort()).toEqual(expected.sort());
      const steps = rows.filter((row) => row['kind'] === 'step' && row['flow'] === flow && row['run'] === run);
      expect(page.steps.map(({ step, cost }) => [step, cost]).sort()).toEqual(
        steps.map((row) => [row['step'], trimmed(row['amount']!)]).sort(),
      );
    }
  });

  test('the rate of a GPU-hour, and the spend of the estate, are the price of the host', async () => {
    const rates = await prometheus.query('gpu_hour_rate');
    expect(rates.map(({ value, labels }) => [value, labels['host'], labels['gpu_model']])).toEqual([
      [perGpuHour, 'local', 'Recorded GPU'],
    ]);
    expect((await prometheus.query('sum(flowledger_spend_dollars_per_hour)')).map(({ value }) => value)).toEqual([32]);
  });

  test('workload and idle of every host-hour sum to its price, and the recorded hour to the table', async () => {
    const { items } = await exporter.get<{ items: IdleItem[] }>('/api/v1/idle');
    expect(items.length).toBeGreaterThanOrEqual(2);
    for (const item of items) {
      expect(scaled(item.workload) + scaled(item.idle) + scaled(item.unattributed)).toBe(scaled(item.cost));
    }
    const recorded = items.find(({ from }) => from === HOUR.from)!;
    const idle = rows.filter(({ kind }) => kind === 'idle').reduce((sum, { amount }) => sum + scaled(amount!), 0n);
    expect([recorded.cost, scaled(recorded.idle)]).toEqual(['32', idle]);
  });

  test('promtool finds nothing to say about the exposition', async () => {
    const text = await (await fetch(`${exporter.url}/metrics`)).text();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });
});

type ApiStep = {
  step: string;
  cost: string;
  tasks: { task: string; attempts: { attempt: number; cost: string }[] }[];
};
