import { add, money, type Money } from '../../exporter/src/units/money';

/** What must not compile of money; the compiler runs this, nobody else. */
export function moneyOfTwoCurrencies(): readonly unknown[] {
  const dollars = money(1n, 'USD');
  const euros = money(1n, 'EUR');
  const fine: Money = add(dollars, dollars);
  return [
    fine,
    // @ts-expect-error dollars and euros have no sum
    add(dollars, euros),
    // @ts-expect-error euros are no dollars
    ((wanted: Money) => wanted)(euros),
    // @ts-expect-error a float is no amount
    money(0.1, 'USD'),
    // @ts-expect-error a bare amount has no currency
    add(dollars, 1n),
    // @ts-expect-error money is split, never multiplied
    dollars * 2n,
    // @ts-expect-error an amount is read, never written
    (dollars.amount = 2n),
  ];
}
