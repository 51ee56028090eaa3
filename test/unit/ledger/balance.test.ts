import type { AllocatedCharge, ChargePeriod } from '../../../exporter/src/facts/charge';
import { assertBalanced, imbalanceOf } from '../../../exporter/src/ledger/balance';
import { nanoGpuMilliseconds } from '../../../exporter/src/units/quantity';

const period = { start: 0, end: 3_600_000 };
const nothing = { host: 'node-1', period, gpuTime: nanoGpuMilliseconds(0n) };

const idle = (amount: bigint | null): AllocatedCharge => ({
  ...nothing,
  kind: 'idle',
  cause: 'gap',
  holder: null,
  amount,
  weight: 1n,
  heldMs: 3_600_000,
  held: period,
});

const charged = (amount: bigint | null, parts: readonly (bigint | null)[]): ChargePeriod => ({
  origin: {
    ...nothing,
    amount,
    perHour: amount,
    rung: amount === null ? 'unpriced' : 'override',
    rateCard: null,
    explanation: '',
    capacityWeight: BigInt(parts.length),
    splitPolicy: 'gpu-first',
  },
  pieces: parts.map(idle),
});

describe('a charge period', () => {
  test.each([
    ['whose pieces sum to its origin charge balances', charged(10n, [3n, 7n]), 0n],
    ['that lost one unit is out by one', charged(10n, [3n, 6n]), 1n],
    ['that found one unit is out by one the other way', charged(10n, [4n, 7n]), -1n],
    ['with an unpriced piece of a priced charge is out by that piece', charged(10n, [3n, null]), 7n],
    ['without a price balances when no piece has an amount', charged(null, [null, null]), 0n],
    ['without a price is out as soon as a piece has an amount, were it 0', charged(null, [0n, null]), 1n],
  ])('%s', (_, one, imbalance) => {
    expect(imbalanceOf(one)).toBe(imbalance);
  });

  test('that is out of balance is a fault of the program, told with host, time and amount', () => {
    expect(() => assertBalanced(charged(10n, [3n, 7n]))).not.toThrow();
    expect(() => assertBalanced(charged(10n, [3n, 6n]))).toThrow(
      'The pieces of node-1 in [0, 3600000) miss their origin charge by 0.000000000001.',
    );
  });
});
