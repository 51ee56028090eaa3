import { split } from '../../../exporter/src/units/split';

describe('split', () => {
  test('gives each weight its part', () => {
    expect(split(32n, [2n, 1n, 1n])).toEqual([16n, 8n, 8n]);
  });

  test('gives what is left over to the largest remainders first', () => {
    expect(split(10n, [1n, 5n, 3n])).toEqual([1n, 6n, 3n]);
    expect(split(100n, [333n, 333n, 334n])).toEqual([33n, 33n, 34n]);
  });

  test('gives equal remainders to the earlier party first', () => {
    expect(split(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(split(2n, [1n, 1n, 1n, 1n])).toEqual([1n, 1n, 0n, 0n]);
  });

  test('gives a zero weight nothing', () => {
    expect(split(1n, [0n, 1n, 0n])).toEqual([0n, 1n, 0n]);
  });

  test('splits a credit like a charge, with the other sign', () => {
    expect(split(-100n, [1n, 1n, 1n])).toEqual([-34n, -33n, -33n]);
    expect(split(0n, [1n, 2n])).toEqual([0n, 0n]);
  });

  test('stays exact where a float would not', () => {
    expect(split(10n ** 38n - 1n, [10n ** 30n, 2n * 10n ** 30n])).toEqual([
      33333333333333333333333333333333333333n,
      66666666666666666666666666666666666666n,
    ]);
  });

  test('splits 100.00 among 3, 7 and 997 without losing or finding anything', () => {
    for (const parties of [3, 7, 997]) {
      const shares = split(
        100_000_000_000_000n,
        Array.from({ length: parties }, () => 1n),
      );
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(100_000_000_000_000n);
    }
  });

  test('refuses a negative weight, and weights that are all zero or none', () => {
    expect(() => split(1n, [1n, -1n])).toThrow('Weights must not be negative.');
    expect(() => split(1n, [0n, 0n])).toThrow('At least one weight must be positive.');
    expect(() => split(0n, [])).toThrow('At least one weight must be positive.');
  });
});
