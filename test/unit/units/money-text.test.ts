import { printAmount, readAmount } from '../../../exporter/src/units/money-text';

const NOTHING = { digits: 0n, scale: 0 };

describe('readAmount', () => {
  test.each([
    ['32.00', 32_000_000_000_000n],
    ['9.588', 9_588_000_000_000n],
    ['-0.000000000001', -1n],
    ['1e-7', 100_000n],
    ['0.1000000000000000', 100_000_000_000n],
  ])('reads %s with nothing left over', (text, amount) => {
    expect(readAmount(text)).toEqual({ amount, residue: NOTHING });
  });

  test.each([
    ['0.0000000000015', { amount: 2n, residue: { digits: -5n, scale: 13 } }],
    ['0.0000000000025', { amount: 2n, residue: { digits: 5n, scale: 13 } }],
    ['-0.0000000000015', { amount: -2n, residue: { digits: 5n, scale: 13 } }],
    ['0.00000000000249', { amount: 2n, residue: { digits: 49n, scale: 14 } }],
    ['0.0000000000000000000000000001', { amount: 0n, residue: { digits: 1n, scale: 28 } }],
  ])('rounds %s half-even and keeps what that left over', (text, read) => {
    expect(readAmount(text)).toEqual(read);
  });

  test('reads the largest amount that the store holds, and not one more', () => {
    const largest = `${'9'.repeat(26)}.${'9'.repeat(12)}`;
    expect(readAmount(largest)).toEqual({ amount: 10n ** 38n - 1n, residue: NOTHING });
    expect(readAmount(`-${largest}`)).toEqual({ amount: 1n - 10n ** 38n, residue: NOTHING });
    expect(readAmount(`1${'0'.repeat(26)}`)).toEqual({ fault: 'is too large for Decimal(38, 12)' });
    expect(readAmount(`-1${'0'.repeat(26)}`)).toEqual({ fault: 'is too large for Decimal(38, 12)' });
  });

  test.each(['', 'NaN', 'Infinity', '1,234.50', ' 5 ', '$5', '٣'])('never makes an amount of %j', (text) => {
    expect(readAmount(text)).toEqual({ fault: 'is not a plain decimal number' });
  });
});

describe('printAmount', () => {
  test.each([
    [0n, '0'],
    [24_480_000_000_000n, '24.48'],
    [-1n, '-0.000000000001'],
  ])('prints %d as %s', (amount, text) => {
    expect(printAmount(amount)).toBe(text);
  });
});
