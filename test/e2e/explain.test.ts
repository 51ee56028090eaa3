/** `flowledger explain` tells the same whether a server answers or it reads the ledger itself. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configOf, freePort, makeFolder, removeFolder, runningExporter, unpackRecording } from './exporter-process';

const MAIN = resolve(__dirname, '../../exporter/dist/main.js');
const CLOCK = { FLOWLEDGER_CLOCK: '2026-11-21T05:30:00Z@0' };
const RUN = 'KilledFlow/1795233801890863';

describe('flowledger explain', () => {
  const folder = makeFolder('explain');
  let port: number;

  beforeAll(async () => {
    unpackRecording(folder);
    port = await freePort();
    writeFileSync(join(folder, 'flowledger.yaml'), configOf({ port, gpus: 8, price: '32' }));
  });

  afterAll(() => removeFolder(folder));

  function explain(...args: string[]): { status: number | null; stdout: string; stderr: string } {
    const env = { ...process.env, ...CLOCK };
    return spawnSync(process.execPath, [MAIN, 'explain', ...args], { cwd: folder, env, encoding: 'utf8' });
  }

  it('shows the arithmetic of a run, the same from its own ledger and from a server', async () => {
    const own = explain(RUN);
    expect([own.status, own.stderr]).toEqual([0, '']);
    expect(own.stdout).toContain('KilledFlow/1795233801890863 costs 0.013404525377 USD.');
    expect(own.stdout).toContain('weight 6028000000000 of 28800000000000000 (gpu-first) = 0.006697777778 USD');
    const exporter = await runningExporter({ folder, port, env: CLOCK });
    try {
      expect(explain(RUN).stdout).toBe(own.stdout);
    } finally {
      await exporter.stop();
    }
  });

  it('narrows to a step, a task and an attempt, as JSON too', () => {
    const { stdout } = explain(`${RUN}/train/2`, '--attempt', '1', '--json');
    const receipt = JSON.parse(stdout) as { cost: string; items: { attempt: number }[] };
    expect([receipt.cost, receipt.items.map(({ attempt }) => attempt)]).toEqual(['0.006706666667', [1]]);
  });

  it.each([
    ['a run that does not exist', ['KilledFlow/1'], 2, /There is no such thing/],
    ['no server where one is named', [RUN, '--server', 'http://127.0.0.1:1'], 4, /Start one with: flowledger serve/],
    ['a server that is no address', [RUN, '--server', 'notaurl'], 2, /write http:\/\/host:port/],
    ['a token file that is not there', [RUN, '--token-file', 'nowhere'], 2, /--token-file nowhere cannot be read/],
    ['a configuration that is not there', [RUN, '--config', 'nowhere.yaml'], 2, /does not exist/],
  ])('says what is wrong with %s', (_story, args, code, said) => {
    const { status, stderr } = explain(...args);
    expect([status, said.test(stderr)]).toEqual([code, true]);
  });
});
