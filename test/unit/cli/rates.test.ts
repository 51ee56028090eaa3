import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { registerRates } from '../../../exporter/src/cli/rates';

type Ran = { stdout: string; stderr: string; exitCode: number };

/** Runs the program with these words, on 2026-11-21. */
function run(...words: string[]): Ran {
  const ran: Ran = { stdout: '', stderr: '', exitCode: 0 };
  const program = new Command('flowledger').option('--config <file>').option('--json').exitOverride();
  program.configureOutput({ writeOut: (text) => (ran.stdout += text), writeErr: (text) => (ran.stderr += text) });
  registerRates(program, {
    stdout: { write: (text) => (ran.stdout += text) },
    stderr: { write: (text) => (ran.stderr += text) },
    clock: { now: () => Date.UTC(2026, 10, 21) },
    env: {},
    exit: (code) => (ran.exitCode = code),
  });
  try {
    program.parse(words, { from: 'user' });
  } catch (cause) {
    ran.exitCode = (cause as { exitCode: number }).exitCode;
  }
  return ran;
}

const folder = mkdtempSync(join(tmpdir(), 'flowledger-rates-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileOf = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const golden = (name: string): string => readFileSync(join(__dirname, 'golden', name), 'utf8');

const ESTATE = `
hosts:
  - {name: gpu-01, gpus: 8, gpu_model: NVIDIA H100, provider: on-prem}
  - {name: burst-01, provider: aws, region: us-east-1, instance_type: p3.8xlarge}
  - {name: eu-01, provider: aws, region: eu-west-1, instance_type: p3.8xlarge}
rate_cards:
  - {name: dgx, applies_to: {host: gpu-01}, capex: 120000, months: 36, power_kw: 6.5, pue: 1.4, price_per_kwh: 0.08}
`;

describe('rates validate', () => {
  test('shows every host with its price in force, why, and what an unpriced one needs', () => {
    const path = fileOf('estate.yaml', ESTATE);
    expect(run('rates', 'validate', '--config', path)).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: golden('rates-validate.txt').replace('flowledger.yaml', path),
    });
  });

  test('as JSON has the same in fields', () => {
    const path = fileOf('estate.yaml', ESTATE);
    const { stdout, exitCode } = run('rates', 'validate', '--json', '--config', path);
    expect(exitCode).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ valid: true, faults: [] });
    expect(answer.hosts[1]).toEqual({
      host: 'burst-01',
      gpus: '4',
      gpuModel: 'NVIDIA V100',
      perHour: '12.24',
      perGpuHour: '3.06',
      rung: 'list',
      rateCard: null,
      explanation: 'The aws on-demand list price of p3.8xlarge in us-east-1 as of 2026-07-20: 12.24 USD an hour.',
    });
    expect(answer.hosts[2]).toMatchObject({ perHour: null, perGpuHour: null, rung: 'unpriced' });
  });

  test('lists every fault and exits with 2', () => {
    const path = fileOf('bad.yaml', 'hots: []\nledger: {  currency:  usd}\n');
    expect(run('--config', path, 'rates', 'validate')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `${path}:1:1: hots: is not a known key. Did you mean hosts?
${path}:2:23: ledger.currency: "usd" is not an ISO 4217 currency code. Write e.g. USD or EUR.
2 faults.
`,
    });
    const { stdout, exitCode } = run('rates', 'validate', '--config', path, '--json');
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      hosts: [],
      faults: [{ line: 1 }, { line: 2, column: 23 }],
    });
  });

  test('says that a configuration without hosts prices nothing', () => {
    const path = fileOf('empty.yaml', '');
    expect(run('rates', 'validate', '--config', path).stdout).toBe(
      `${path} is valid: 0 hosts, 0 rate cards.\nNo hosts are declared: this machine's runs will be unpriced.\n`,
    );
  });
});

const SEED = ['--capex', '120000', '--months', '36', '--power-kw', '6.5', '--pue', '1.4', '--price-per-kwh', '0.08'];

describe('rates calc', () => {
  test('prints each term, per host-hour and per GPU-hour, and the card', () => {
    expect(run('rates', 'calc', ...SEED, '--gpus', '8')).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: `capex          120000 ÷ (36 months × 730 h)  4.566210045662
power          6.5 kW × 1.4 × 0.08           0.728
per host-hour                                5.294210045662
per GPU-hour   ÷ 8 GPUs                      0.661776255708

As a rate card:

rate_cards:
  - name: my-card
    applies_to:
      host: <host>
    capex: 120000
    months: 36
    power_kw: 6.5
    pue: 1.4
    price_per_kwh: 0.08
`,
    });
  });

  test('as JSON has the same in fields', () => {
    const words = ['--lease-per-month', '7300', '--facility-per-month', '100', '--support-per-month', '46'];
    expect(JSON.parse(run('rates', 'calc', ...words, '--json').stdout)).toEqual({
      terms: [
        { name: 'lease', arithmetic: '7300 ÷ 730 h', perHour: '10' },
        { name: 'facility', arithmetic: '100 ÷ 730 h', perHour: '0.13698630137' },
        { name: 'support', arithmetic: '46 ÷ 730 h', perHour: '0.06301369863' },
      ],
      perHour: '10.2',
      perGpuHour: null,
    });
  });

  // prettier-ignore
  test.each([
    // words                               fault
    [[],                                   'Nothing to calculate. Give --capex and --months, --lease-per-month, or'],
    [['--capex', '1'],                     '--capex has no --months. Add months: the months over which it is'],
    [['--capex', '1k', '--months', '36'],  '--capex is not a plain decimal number. Write digits with a point'],
    [['--power-kw', '6.5'],                '--power-kw needs --pue and --price-per-kwh beside it. Power costs kW'],
    [[...SEED, '--lease-per-month', '1'],  '--lease-per-month cannot stand beside --capex. Keep one of them.'],
    [[...SEED, '--gpus', '0'],             '--gpus is not a number of GPUs. Write e.g. --gpus 8.'],
  ])('%j is refused with exit code 2', (words, fault) => {
    const { exitCode, stdout, stderr } = run('rates', 'calc', ...words);
    expect([exitCode, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
    expect(stderr).toContain(fault);
  });
});

describe('help', () => {
  test('of each verb ends with an example that works', () => {
    for (const verb of ['validate', 'calc']) {
      const { stdout } = run('rates', verb, '--help');
      expect(stdout).toContain(`$ flowledger rates ${verb} --`);
    }
    const [, example] = /\$ flowledger (rates calc .*)\n/.exec(run('rates', 'calc', '--help').stdout)!;
    expect(run(...example!.split(' ')).stdout).toContain('5.294210045662');
  });
});
