import { add, isZero, money, MONEY_ONE, negate, sumAmounts } from '../../../exporter/src/units/money';

describe('money', () => {
  test('adds and takes the other sign, to the last 10⁻¹²', () => {
    const price = money(9_588_000_000_000n, 'USD');
    expect(add(price, money(1n, 'USD'))).toEqual({ amount: 9_588_000_000_001n, currency: 'USD' });
    expect(add(price, negate(price))).toEqual({ amount: 0n, currency: 'USD' });
  });

  test('of two currencies is never added', () => {
    const [dollars, euros] = [money<string>(MONEY_ONE, 'USD'), money<string>(MONEY_ONE, 'EUR')];
    expect(() => add(dollars, euros)).toThrow('Amounts in USD and EUR cannot be added without a dated rate.');
  });

  test('is zero only when not one 10⁻¹² is left', () => {
    expect(isZero(money(0n, 'USD'))).toBe(true);
    expect([1n, -1n].map((amount) => isZero(money(amount, 'USD')))).toEqual([false, false]);
  });

  test('a million amounts of ten cents are 100,000 exactly', () => {
    expect(sumAmounts(Array.from({ length: 1_000_000 }, () => MONEY_ONE / 10n))).toBe(100_000n * MONEY_ONE);
    expect(sumAmounts([])).toBe(0n);
  });
});
