import { assert } from '../assert';

/**
 * Splits `total` in proportion to `weights`; the shares sum to `total` exactly (largest remainder, Hamilton's method).
 *
 * Shares round toward zero; the units left over go to the largest remainders, earliest index first.
 * A zero weight gets zero. Negative totals mirror positive ones.
 *
 * @throws InvariantError on a negative weight, or when no weight is positive.
 */
export function split(total: bigint, weights: readonly bigint[]): bigint[] {
  assert(
    weights.every((weight) => weight >= 0n),
    'Weights must not be negative.',
  );
  const weightSum = weights.reduce((sum, weight) => sum + weight, 0n);
  assert(weightSum > 0n, 'At least one weight must be positive.');

  const sign = total < 0n ? -1n : 1n;
  const magnitude = total * sign;
  const products = weights.map((weight) => magnitude * weight);
  const shares = products.map((product) => product / weightSum);
  const leftover = magnitude - shares.reduce((sum, share) => sum + share, 0n);

  const byRemainder = products
    .map((product, index) => ({ index, remainder: product % weightSum }))
    .sort((a, b) => compare(b.remainder, a.remainder) || a.index - b.index);
  for (const { index } of byRemainder.slice(0, Number(leftover))) shares[index]! += 1n;

  return shares.map((share) => share * sign);
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
