import fc from 'fast-check';
import { printAmount } from '../../../../exporter/src/units/money-text';
import { approximateDollars } from '../../../../exporter/src/views/metrics/approximate-dollars';

test.each([
  [0n, 0],
  [1n, 1e-12],
  [32_000_000_000_000n, 32],
  [-9_588_000_000_000n, -9.588],
  [10n ** 37n, 1e25],
])('%s × 10⁻¹² is %s', (amount, dollars) => {
  expect(approximateDollars(amount)).toBe(dollars);
});

test('law: the float is the one nearest to the exact decimal', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), (amount) => {
      expect(approximateDollars(amount)).toBe(amount === 0n ? 0 : Number(printAmount(amount)));
    }),
  );
});
