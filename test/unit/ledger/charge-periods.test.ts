import type { PriceSpan } from '../../../exporter/src/facts/price';
import { amountFor, chargePeriodsOf, priceAt } from '../../../exporter/src/ledger/charge-periods';

const HOUR = { start: 0, end: 3_600_000 };
const always = { start: 0, end: null };

const price = (start: number | null, end: number | null, perHour: bigint): PriceSpan => ({
  host: 'node-1',
  start,
  end,
  perHour,
  rung: 'override',
  rateCard: null,
  explanation: '',
});

const cut = (existence: { start: number; end: number | null }, prices: PriceSpan[]): unknown[] =>
  chargePeriodsOf(HOUR, existence, prices).map(({ period, price: { perHour } }) => [period.start, period.end, perHour]);

describe('the charge periods of an hour', () => {
  test('are the whole hour where one price holds', () => {
    expect(cut(always, [price(null, null, 5n)])).toEqual([[0, 3_600_000, 5n]]);
  });

  test('are cut where the price changes, and unpriced where there is none', () => {
    const prices = [price(2_400_000, null, 7n), price(null, 1_200_000, 5n)];
    expect(cut(always, prices)).toEqual([
      [0, 1_200_000, 5n],
      [1_200_000, 2_400_000, null],
      [2_400_000, 3_600_000, 7n],
    ]);
  });

  test('are cut to the existence of the host', () => {
    expect(cut({ start: 600_000, end: 1_200_000 }, [price(null, null, 5n)])).toEqual([[600_000, 1_200_000, 5n]]);
    expect(cut({ start: 3_600_000, end: null }, [price(null, null, 5n)])).toEqual([]);
    expect(cut({ start: -10, end: 0 }, [price(null, null, 5n)])).toEqual([]);
  });

  test('are one unpriced hour where no price is known at all', () => {
    expect(cut(always, [])).toEqual([[0, 3_600_000, null]]);
    expect(priceAt([], 0)).toMatchObject({ perHour: null, rung: 'unpriced', rateCard: null });
  });
});

test.each([
  [12_240_000_000_000n, 7_200_000, 24_480_000_000_000n],
  [12_240_000_000_000n, 47 * 60_000, 9_588_000_000_000n],
  [1n, 1_800_000, 0n],
  [3n, 1_800_000, 2n],
  [5n, 1_800_000, 2n],
])('%d an hour for %d ms is %d, half-even', (perHour, length, amount) => {
  expect(amountFor(perHour, { start: 0, end: length })).toBe(amount);
});
