import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Attempt, AttemptKey } from '../../exporter/src/facts/attempt';
import { allocateHour, type HostHourInput } from '../../exporter/src/ledger/allocate';
import { oracleHour } from '../oracle/allocate-oracle';
import { parseRows, type Row } from './attempts-table';
import { HOUR_START, randomHostHour } from './random-host-hour';

const HOUR_MS = 3_600_000;
const UNTIL = HOUR_START + 2.75 * HOUR_MS;
const FLEET = { seed: 20_261_121, numRuns: 300 };
const REFERENCE = join(__dirname, '../reference/reference.py');

/** Hosts of different names with attempts of their own; active GPUs are counts, as the Python reference knows them. */
const fleet: HostHourInput[] = fc.sample(randomHostHour, FLEET).map((story, place) => {
  const name = `host-${place}`;
  const holdings = story.holdings.map(({ attempt }) => ({
    attempt: { ...attempt, key: { ...attempt.key, deployment: name } },
  }));
  const activity = story.activity.map((seen) => ({ ...seen, devices: null }));
  return { ...story, host: { ...story.host, name }, holdings, activity };
});

const decimals = (count: bigint, places: number): string => {
  const digits = String(count).padStart(places + 1, '0');
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`;
};

const hostsFile = (): string =>
  JSON.stringify({
    hosts: fleet.map(({ host, prices, activity }) => ({
      name: host.name,
      gpus: Number(host.gpus) / 1e9,
      vcpu: Number(host.vcpus) / 1000,
      memory_gib: Number(host.memory) / 1024 ** 3,
      from: host.from,
      to: host.to,
      prices: prices.map(({ start, end, perHour }) => ({
        from: start,
        to: end,
        price_per_hour: decimals(perHour!, 12),
      })),
      activity: activity.map(({ during, activeGpus }) => ({
        from: during.start,
        to: during.end,
        active_gpus: activeGpus,
      })),
    })),
  });

const COLUMNS = [
  'deployment',
  'flow',
  'run',
  'step',
  'task',
  'attempt',
  'start_ms',
  'end_ms',
  'clone',
  'gpus',
  'vcpu',
  'memory_mb',
  'host',
];

function attemptRow({ key, start, end, isClone, held }: Attempt): string {
  const names = [key.deployment, key.flow, key.run, key.step, key.task, key.attempt];
  const holds = held ? [decimals(held.gpus, 9), decimals(held.vcpus, 3), held.memory / 1024n ** 2n] : ['', '', ''];
  return [...names, start, end ?? '', isClone ? 'yes' : 'no', ...holds, key.deployment].join('\t');
}

const attemptsFile = (): string =>
  [COLUMNS.join('\t'), ...fleet.flatMap(({ holdings }) => holdings.map(({ attempt }) => attemptRow(attempt)))].join(
    '\n',
  );

/** What the Python reference says of the fleet. */
function pythonTable(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'flowledger-fleet-'));
  try {
    writeFileSync(join(folder, 'hosts.json'), hostsFile());
    writeFileSync(join(folder, 'attempts.tsv'), attemptsFile());
    const files = ['--hosts', join(folder, 'hosts.json'), join(folder, 'attempts.tsv')];
    const options = { encoding: 'utf8', maxBuffer: 1 << 28 } as const;
    const python = spawnSync('python3', ['-B', REFERENCE, '--until', String(UNTIL), ...files], options);
    expect(python.stderr).toBe('');
    return parseRows(python.stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Piece = { kind: string; cause: string | null; holder: AttemptKey | null; amount: bigint | null; weight: bigint };
type Period = { start: number; end: number; amount: bigint | null; pieces: readonly Piece[] };

const money = (amount: bigint | null): string => (amount === null ? 'unpriced' : decimals(amount, 12));

function periodLines(host: string, { start, end, amount, pieces }: Period): string[] {
  const where = [host, new Date(start).toISOString(), new Date(end).toISOString()];
  const parts = pieces.filter(({ kind, weight }) => kind === 'workload' || weight > 0n);
  return [
    ['origin', ...where, '', '', money(amount)].join(' '),
    ...parts.map(({ kind, cause, holder, amount: part }) => {
      const name = holder === null ? '' : [holder.flow, holder.run, holder.step, holder.task, holder.attempt].join('/');
      return [kind, ...where, name, cause ?? '', money(part)].join(' ');
    }),
  ];
}

function lineOf({ kind, host, start, end, flow, run, step, task, attempt, cause, amount }: Row): string {
  const name = kind === 'workload' ? [flow, run, step, task, attempt].join('/') : '';
  return [kind, host, start, end, name, cause, amount].join(' ');
}

/** Every hour of a host's story, the last one open. */
const hoursOf = (story: HostHourInput): HostHourInput[] =>
  [-1, 0, 1, 2].map((hour) => {
    const start = HOUR_START + hour * HOUR_MS;
    return { ...story, span: { start, end: Math.min(start + HOUR_MS, UNTIL) } };
  });

const ledgerPeriods = (hour: HostHourInput): Period[] =>
  allocateHour(hour).periods.map(({ origin, pieces }) => ({ ...origin.period, amount: origin.amount, pieces }));

const fromPython = pythonTable()
  .filter(({ kind }) => ['origin', 'workload', 'unattributed', 'idle'].includes(kind!))
  .map(lineOf)
  .sort();

test.each([
  ['the ledger', ledgerPeriods],
  ['the oracle', oracleHour],
])('%s and the Python reference agree on a random fleet, hour by hour, to the last digit', (_, allocate) => {
  const lines = fleet.flatMap((story) =>
    hoursOf(story)
      .flatMap(allocate)
      .flatMap((period) => periodLines(story.host.name, period)),
  );
  expect(lines.sort()).toEqual(fromPython);
});

test('the fleet has every kind of piece and of charge in it', () => {
  const words = new Set(fromPython.flatMap((line) => line.split(' ')));
  const wanted = ['workload', 'unattributed', 'no_work', 'beside_work', 'startup', 'tail', 'gap', 'unpriced'];
  expect(wanted.filter((word) => !words.has(word))).toEqual([]);
});
