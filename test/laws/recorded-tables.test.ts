import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptKey } from '../../exporter/src/facts/attempt';
import type { Host } from '../../exporter/src/facts/host';
import { allocateHour, type HostHourInput } from '../../exporter/src/ledger/allocate';
import { nanoGpusFromGpus } from '../../exporter/src/units/quantity';
import { oracleHour } from '../oracle/allocate-oracle';
import { attemptOf, parseRows, type Row } from './attempts-table';

const ATTEMPTS = join(__dirname, '../fixtures/metaflow/local.attempts.tsv');
const REFERENCE = join(__dirname, '../reference');
const HOUR = { start: Date.UTC(2026, 10, 21, 4), end: Date.UTC(2026, 10, 21, 5) };
const PRICE = 32_000_000_000_000n;

type Piece = { kind: string; cause: string | null; holder: AttemptKey | null; amount: bigint | null };

const attempts = parseRows(readFileSync(ATTEMPTS, 'utf8')).map(attemptOf);

/** The recording on one host at 32 $/h. */
function recordedHour(gpus: number): HostHourInput {
  const nothing = { pool: null, provider: null, region: null, instanceType: null, capacityType: null, gpuModel: null };
  const unknown = { vcpus: null, memory: null, billingResourceId: null, from: null, to: null };
  const host: Host = { name: 'local', gpus: nanoGpusFromGpus(gpus), ...nothing, ...unknown };
  const span = { host: 'local', start: null, end: null, perHour: PRICE, rung: 'override', rateCard: null } as const;
  return {
    host,
    span: HOUR,
    prices: [{ ...span, explanation: '32 $/h.' }],
    holdings: attempts.map((attempt) => ({ attempt })),
    activity: [],
    firstHeld: Math.min(...attempts.filter(({ isClone }) => !isClone).map(({ start }) => start)),
    lastHeld: Math.max(...attempts.map(({ end }) => end!)),
    splitPolicy: 'gpu-first',
  };
}

const decimal = (amount: bigint): string => `${amount / 10n ** 12n}.${String(amount % 10n ** 12n).padStart(12, '0')}`;

/** The table's rows of one kind, as `name → amount`. */
function tableOf(rows: readonly Row[], kind: string, columns: readonly string[]): Map<string, string> {
  const ofKind = rows.filter((row) => row.kind === kind);
  return new Map(ofKind.map((row) => [columns.map((column) => row[column]).join(' '), row.amount!]));
}

/** The same of pieces: summed by name. */
function sumsOf(pieces: readonly Piece[], nameOf: (piece: Piece) => string): Map<string, string> {
  const sums = new Map<string, bigint>();
  for (const piece of pieces) sums.set(nameOf(piece), (sums.get(nameOf(piece)) ?? 0n) + piece.amount!);
  return new Map([...sums].map(([name, amount]) => [name, decimal(amount)]));
}

const sorted = (amounts: Map<string, string>): [string, string][] => [...amounts].sort(([a], [b]) => (a < b ? -1 : 1));

const RUN = ['flow', 'run'] as const;
const LEVELS = [
  ['run', RUN],
  ['step', [...RUN, 'step']],
  ['attempt', [...RUN, 'step', 'task', 'attempt']],
] as const;

describe.each([8, 4])('the recorded Metaflow history on a host with %i GPUs at 32 $/h', (gpus) => {
  const name = `local-${gpus}gpu-32usd`;
  const tableText = readFileSync(join(REFERENCE, 'tables', `${name}.tsv`), 'utf8');
  const rows = parseRows(tableText);
  const input = recordedHour(gpus);

  test('has the committed table, still, when the Python reference computes it again', () => {
    const hosts = join(REFERENCE, 'hosts', `${name}.json`);
    const python = spawnSync('python3', ['-B', join(REFERENCE, 'reference.py'), '--hosts', hosts, ATTEMPTS], {
      encoding: 'utf8',
    });
    expect(python.stderr).toBe('');
    expect(python.stdout).toBe(tableText);
  });

  describe.each([
    ['the ledger', (): Piece[] => allocateHour(input).periods.flatMap(({ pieces }) => [...pieces])],
    ['the oracle', (): Piece[] => oracleHour(input).flatMap(({ pieces }) => pieces)],
  ])('%s', (_, allocate) => {
    const pieces = allocate();
    const workload = pieces.filter(({ kind }) => kind === 'workload');

    test.each(LEVELS)('gives every %s its amount to the last digit; clones cost 0', (kind, columns) => {
      const computed = sumsOf(workload, ({ holder }) => columns.map((column) => holder![column]).join(' '));
      const clones = attempts
        .filter(({ isClone }) => isClone)
        .map(({ key }) => columns.map((column) => key[column]).join(' '));
      for (const clone of clones) if (!computed.has(clone)) computed.set(clone, '0.000000000000');
      expect(sorted(computed)).toEqual(sorted(tableOf(rows, kind, columns)));
    });

    test('gives every cause of idle its amount to the last digit', () => {
      const idle = pieces.filter(({ kind, amount }) => kind === 'idle' && amount !== 0n);
      expect(sorted(sumsOf(idle, ({ cause }) => cause!))).toEqual(sorted(tableOf(rows, 'idle', ['cause'])));
    });

    test('leaves nothing unattributed and nothing over', () => {
      const kinds = Object.fromEntries(sumsOf(pieces, ({ kind }) => (kind === 'unattributed' ? kind : 'the rest')));
      expect(kinds['unattributed'] ?? '0.000000000000').toBe('0.000000000000');
      expect(kinds['the rest']).toBe('32.000000000000');
    });
  });
});

test('failed, killed and lost attempts of the recording cost', () => {
  const pieces = allocateHour(recordedHour(8)).periods.flatMap((period) => period.pieces);
  const costOf = (flow: string, step: string, attempt: number): (bigint | null)[] =>
    pieces
      .filter(({ holder }) => holder?.flow === flow && holder.step === step && holder.attempt === attempt)
      .map(({ amount }) => amount);
  expect(costOf('RetryFlow', 'train', 0)).toEqual([1_120_000_000n]);
  expect(costOf('KilledFlow', 'train', 0)).toEqual([6_697_777_778n]);
  expect(costOf('KilledFlow', 'train', 1)).toEqual([6_706_666_667n]);
});
