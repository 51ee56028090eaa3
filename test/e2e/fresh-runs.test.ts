/**
 * Flows run here, now, by a real Metaflow; what the exporter says they cost is what a Python script computes from
 * Metaflow's own client and the times of the `.runtime` files.
 * @needs metaflow
 */
import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { scaled, trimmed } from './amounts';
import { parseRows, type Row } from '../laws/attempts-table';
import {
  configOf,
  type ExporterProcess,
  freePort,
  makeFolder,
  removeFolder,
  runningExporter,
} from './exporter-process';

const REPOSITORY = resolve(__dirname, '../..');
const PYTHON = join(REPOSITORY, '.venv/bin/python');
const FLOWS = join(REPOSITORY, 'test/fixtures/metaflow/flows');
const REFERENCE = join(REPOSITORY, 'test/reference/reference.py');

type RunPage = {
  cost: string;
  outcome: string;
  variant: { id: string; method: string } | null;
  steps: { step: string; cost: string; tasks: { attempts: { cost: string; isClone: boolean; outcome: string }[] }[] }[];
};

const FLOWS_TO_RUN: readonly { arguments: readonly string[]; succeeds: boolean; before?: (folder: string) => void }[] =
  [
    { arguments: ['train_flow.py', 'run', '--tag', 'team:search'], succeeds: true },
    { arguments: ['train_flow.py', '--config', 'config', 'config_large.json', 'run'], succeeds: true },
    { arguments: ['retry_flow.py', 'run'], succeeds: true },
    { arguments: ['killed_flow.py', 'run'], succeeds: false },
    { arguments: ['gang_flow.py', 'run'], succeeds: true },
    { arguments: ['resume_flow.py', 'run'], succeeds: false },
    {
      arguments: ['resume_flow.py', 'resume'],
      succeeds: true,
      before: (folder) => writeFileSync(join(folder, 'fixed'), ''),
    },
  ];

describe('real runs: success, retry, SIGKILL, foreach, gang, resume and two Config variants', () => {
  const folder = makeFolder('fresh');
  let exporter: ExporterProcess;
  let rows: Row[];

  beforeAll(async () => {
    cpSync(FLOWS, folder, { recursive: true });
    for (const { arguments: args, succeeds, before } of FLOWS_TO_RUN) {
      before?.(folder);
      const { status, stderr } = spawnSync(PYTHON, args, { cwd: folder, env: metaflowEnv(), encoding: 'utf8' });
      if ((status === 0) !== succeeds) throw new Error(`${args.join(' ')} ended with ${status}:\n${stderr}`);
    }
    const port = await freePort();
    const clock = new Date(Date.now() + 2 * 3_600_000).toISOString();
    const config = configOf({ port, gpus: 8, price: '32' });
    exporter = await runningExporter({ folder, config, port, env: { FLOWLEDGER_CLOCK: `${clock}@1` } });
    rows = referenceRows(folder);
  }, 300_000);

  afterAll(async () => {
    await exporter?.stop();
    removeFolder(folder);
  });

  const amounts = (kind: string): Row[] => rows.filter((row) => row['kind'] === kind);

  test('every run costs what the reference says, to the last digit', async () => {
    const expected = amounts('run');
    expect(expected).toHaveLength(7);
    for (const row of expected) {
      const page = await exporter.get<RunPage>(`/api/v1/runs/${row['flow']}/${row['run']}`);
      expect([row['flow'], page.cost]).toEqual([row['flow'], trimmed(row['amount']!)]);
      for (const step of amounts('step').filter(({ flow, run }) => flow === row['flow'] && run === row['run'])) {
        const found = page.steps.find((one) => one.step === step['step']);
        expect([step['step'], found?.cost]).toEqual([step['step'], trimmed(step['amount']!)]);
      }
    }
  });

  test('clones cost 0; failed and killed attempts cost', async () => {
    const pages = await Promise.all(
      amounts('run').map(({ flow, run }) => exporter.get<RunPage>(`/api/v1/runs/${flow}/${run}`)),
    );
    const attempts = pages.flatMap(({ steps }) => steps.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts)));
    const clones = attempts.filter(({ isClone }) => isClone);
    const lost = attempts.filter(({ outcome }) => outcome === 'failed' || outcome === 'killed');
    expect(clones.map(({ cost }) => cost)).toEqual(['0', '0']);
    expect(lost).toHaveLength(5);
    expect(lost.every(({ cost }) => Number(cost) > 0)).toBe(true);
  });

  test('the two Config variants are told apart by their values', async () => {
    const trained = amounts('run').filter(({ flow }) => flow === 'TrainFlow');
    const variants = await Promise.all(
      trained.map(async ({ flow, run }) => (await exporter.get<RunPage>(`/api/v1/runs/${flow}/${run}`)).variant),
    );
    expect(variants.map((variant) => variant?.method)).toEqual(['config_values', 'config_values']);
    expect(new Set(variants.map((variant) => variant?.id)).size).toBe(2);
  });

  test('every dollar of the host is accounted for, as in the reference', async () => {
    const { items } = await exporter.get<{ items: { from: string; cost: string; idle: string; workload: string }[] }>(
      '/api/v1/idle',
    );
    for (const origin of amounts('origin')) {
      const item = items.find(({ from }) => from === origin['start'])!;
      const idle = amounts('idle').filter(({ start }) => start === origin['start']);
      expect(item.cost).toBe('32');
      expect(scaled(item.idle)).toBe(idle.reduce((sum, { amount }) => sum + scaled(amount!), 0n));
      expect(scaled(item.idle) + scaled(item.workload)).toBe(scaled('32'));
    }
  });
});

function metaflowEnv(): NodeJS.ProcessEnv {
  // A local gang starts its workers with whatever `python` comes first on the PATH.
  const PATH = `${dirname(PYTHON)}:${process.env['PATH']}`;
  const local = { METAFLOW_DEFAULT_DATASTORE: 'local', METAFLOW_DEFAULT_METADATA: 'local' };
  return { ...process.env, ...local, USERNAME: 'alice', PATH };
}

function referenceRows(folder: string): Row[] {
  const hosts = join(folder, 'hosts.json');
  writeFileSync(hosts, JSON.stringify({ hosts: [{ name: 'local', gpus: 8, prices: [{ price_per_hour: '32' }] }] }));
  const args = ['-B', REFERENCE, '--hosts', hosts, '--from-client', '--host', 'local'];
  const { status, stdout, stderr } = spawnSync(PYTHON, args, { cwd: folder, env: metaflowEnv(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`reference.py: ${stderr}`);
  return parseRows(stdout);
}
