/**
 * A simulated cluster of eight nodes, served by the real kube-state-metrics, dcgm-exporter and Metaflow feeds, costs to
 * the last digit what its generator says it truly costs: every attempt, all of it together, and what was idle.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readExpected } from '../../exporter/src/simulation/expected-costs';
import { freePort, makeFolder, removeFolder } from './exporter-process';

const MAIN = resolve(__dirname, '../../exporter/dist/main.js');

describe('A simulated cluster', () => {
  const folder = makeFolder('truth');
  const replayed = join(folder, 'simulated');
  afterAll(() => removeFolder(folder));

  const flowledger = (args: readonly string[]): { status: number | null; said: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd: folder, encoding: 'utf8' });
    return { status, said: `${stdout}${stderr}` };
  };

  test('is made with what every attempt truly costs', () => {
    const { status, said } = flowledger([
      'simulate',
      '--seed',
      '11',
      '--nodes',
      '8',
      '--hours',
      '1',
      '--out',
      replayed,
    ]);
    expect({ status, said: status === 0 ? '' : said }).toEqual({ status: 0, said: '' });
    const { rows } = readExpected(readFileSync(join(replayed, 'expected.tsv'), 'utf8'));
    expect(rows.length).toBeGreaterThan(20);
  }, 60_000);

  test('costs just that when it is replayed through the real feeds', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const { status, said } = flowledger(['replay', replayed, '--speed', '60', '--until-closed', '--listen', listen]);
    expect({ status, said: status === 0 ? '' : said.slice(-3000) }).toEqual({ status: 0, said: '' });
  }, 300_000);
});
