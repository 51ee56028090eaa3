import fc from 'fast-check';
import type { AllocatedCharge } from '../../../../exporter/src/facts/charge';
import { readAmount } from '../../../../exporter/src/units/money-text';
import { nanoGpuMilliseconds } from '../../../../exporter/src/units/quantity';
import { bucketsOf } from '../../../../exporter/src/views/api/series';
import { DAWN } from '../../../support/view-estate';

const key = { deployment: 'prod', flow: 'F', run: '1', step: 's', task: '1', attempt: 0 };

function piece(from: number, length: number, amount: bigint | null): AllocatedCharge {
  const held = { start: DAWN + from, end: DAWN + from + length };
  const gpuTime = nanoGpuMilliseconds(BigInt(length) * 1_000_000_000n);
  const place = { host: 'a', period: held, kind: 'workload' as const, cause: null, holder: key };
  return { ...place, amount, weight: 1n, heldMs: length, held, gpuTime };
}

const amountOf = (text: string | null): bigint => {
  const read = readAmount(text ?? '0');
  if ('fault' in read) throw new Error(read.fault);
  return read.amount;
};

test('a run without charges has no buckets', () => {
  expect(bucketsOf([], 60_000)).toEqual([]);
});

test('buckets lie on the step, and a gap between charges costs 0', () => {
  const buckets = bucketsOf([piece(30_000, 60_000, 10n ** 12n), piece(200_000, 10_000, 1n)], 60_000);
  expect(buckets.map(({ start, cost, heldGpuSeconds }) => [start.slice(11, 19), cost, heldGpuSeconds])).toEqual([
    ['04:00:00', '0.5', 30],
    ['04:01:00', '0.5', 30],
    ['04:02:00', '0', 0],
    ['04:03:00', '0.000000000001', 10],
  ]);
});

test('a bucket that is wholly unpriced is unknown, and a partly priced one shows the known part', () => {
  const buckets = bucketsOf([piece(0, 120_000, null), piece(60_000, 60_000, 7n)], 60_000);
  expect(buckets.map(({ cost }) => cost)).toEqual([null, '0.000000000007']);
});

const pieces = fc.array(
  fc
    .tuple(fc.nat(500_000), fc.integer({ min: 1, max: 400_000 }), fc.option(fc.bigInt(-(10n ** 15n), 10n ** 15n)))
    .map(([from, length, amount]) => piece(from, length, amount)),
  { maxLength: 12 },
);

test('law: whatever the step, the buckets sum to the charges, to the last digit', () => {
  fc.assert(
    fc.property(pieces, fc.integer({ min: 10, max: 3600 }), (charges, step) => {
      const total = charges.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
      const buckets = bucketsOf(charges, step * 1000);
      expect(buckets.reduce((sum, { cost }) => sum + amountOf(cost), 0n)).toBe(total);
      const seconds = charges.reduce((sum, { heldMs }) => sum + heldMs / 1000, 0);
      expect(buckets.reduce((sum, { heldGpuSeconds }) => sum + heldGpuSeconds, 0)).toBeCloseTo(seconds, 6);
    }),
  );
});
