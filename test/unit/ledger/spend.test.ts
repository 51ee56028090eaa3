import fc from 'fast-check';
import type { Attempt } from '../../../exporter/src/facts/attempt';
import type { DeviceStretch } from '../../../exporter/src/facts/gpu-sample';
import type { PriceSpan } from '../../../exporter/src/facts/price';
import { spendAt } from '../../../exporter/src/ledger/spend';
import { MONEY_ONE } from '../../../exporter/src/units/money';
import { printAmount } from '../../../exporter/src/units/money-text';
import { nanoGpusFromGpus } from '../../../exporter/src/units/quantity';
import { attempt, DAWN, host, run } from '../../support/view-estate';

const node = host('node-a', { gpus: nanoGpusFromGpus(8) });
const NOW = DAWN + 1_000;

const priced = (perHour: bigint | null): PriceSpan[] => [
  {
    host: 'node-a',
    start: null,
    end: null,
    perHour,
    rung: perHour === null ? 'unpriced' : 'rate_card',
    rateCard: null,
    explanation: '',
  },
];

function open(id: string, gpus: number): Attempt {
  const one = attempt(run(`F/${id}`, { endedAt: null, outcome: 'running' }), 'train/1');
  return { ...one, held: { ...one.held!, gpus: nanoGpusFromGpus(gpus) } };
}

const device = (uuid: string, pods: string[]): DeviceStretch => ({
  host: 'node-a',
  device: { uuid, instance: '' },
  profile: null,
  start: DAWN,
  end: DAWN + 75_000,
  active: true,
  activityPpmMs: 75_000 * 900_000,
  energyMillijoules: null,
  pods,
});

const spend = (attempts: Attempt[], perHour: bigint | null = 32n * MONEY_ONE) =>
  spendAt(NOW, node, { prices: priced(perHour), holdings: attempts.map((one) => ({ attempt: one })), activity: [] });

describe('What a host burns right now', () => {
  it('is its price, split among who holds it and idle', () => {
    const pieces = spend([open('1', 2), open('2', 4)]);
    expect(pieces.map(({ kind, holder, perHour }) => [kind, holder?.run, printAmount(perHour)])).toEqual([
      ['workload', '1', '8'],
      ['workload', '2', '16'],
      ['idle', undefined, '8'],
    ]);
  });

  it('names GPUs that are active and held by nobody', () => {
    const activity = [{ during: { start: DAWN, end: DAWN + 60_000 }, activeGpus: 3 }];
    const pieces = spendAt(NOW, node, {
      prices: priced(32n * MONEY_ONE),
      holdings: [{ attempt: open('1', 2) }],
      activity,
    });
    expect(pieces.map(({ kind, perHour }) => [kind, printAmount(perHour)])).toEqual([
      ['workload', '8'],
      ['unattributed', '4'],
      ['idle', '20'],
    ]);
  });

  it('names active GPUs by telemetry of its devices, of which the holder’s own are held', () => {
    const pod = { uid: 'u-1', namespace: 'ml', name: 'trainer' };
    const pieces = spendAt(NOW, node, {
      prices: priced(32n * MONEY_ONE),
      holdings: [{ attempt: { ...open('1', 2), pod } }],
      activity: [],
      stretches: [device('0', ['uid:u-1']), device('1', ['uid:u-1']), device('2', []), device('3', [])],
    });
    expect(pieces.map(({ kind, perHour }) => [kind, printAmount(perHour)])).toEqual([
      ['workload', '8'],
      ['unattributed', '8'],
      ['idle', '16'],
    ]);
  });

  it('is unknown where the host is unpriced or does not exist', () => {
    expect(spend([open('1', 2)], null)).toEqual([]);
    const later = { ...node, from: NOW + 1 };
    const gone = { ...node, to: NOW };
    for (const other of [later, gone]) {
      expect(spendAt(NOW, other, { prices: priced(MONEY_ONE), holdings: [], activity: [] })).toEqual([]);
    }
  });

  it('sums to the price of the host, whoever holds it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 12 }),
        fc.bigInt(0n, 10n ** 16n),
        (gpus, price) => {
          const pieces = spend(
            gpus.map((count, index) => open(String(index), count)),
            price,
          );
          expect(pieces.reduce((sum, { perHour }) => sum + perHour, 0n)).toBe(price);
        },
      ),
    );
  });
});
