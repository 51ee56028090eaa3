import { assert } from '../assert';

/** Decimal places of every stored amount; the store's `Decimal(38, 12)`. */
export const MONEY_SCALE = 12;

/** 10¹²: the amount that counts as one unit of currency. */
export const MONEY_ONE = 1_000_000_000_000n;

/** An ISO 4217 code. One ledger holds one currency. */
export type Currency = string;

/** An exact amount. `amount` counts 10⁻¹² of one `currency`. */
export type Money<C extends Currency = 'USD'> = { readonly amount: bigint; readonly currency: C };

/** Makes an amount of 10⁻¹² units. */
export function money<C extends Currency>(amount: bigint, currency: C): Money<C> {
  return { amount, currency };
}

/** Adds two amounts of one currency; another currency does not compile, and throws where types did not see it. */
export function add<C extends Currency>(a: Money<C>, b: Money<NoInfer<C>>): Money<C> {
  assert(a.currency === b.currency, `Amounts in ${a.currency} and ${b.currency} cannot be added without a dated rate.`);
  return { amount: a.amount + b.amount, currency: a.currency };
}

/** The same amount with the other sign. */
export function negate<C extends Currency>(a: Money<C>): Money<C> {
  return { amount: -a.amount, currency: a.currency };
}

/** True when not one 10⁻¹² is left. */
export function isZero(a: Money<Currency>): boolean {
  return a.amount === 0n;
}

/** Σ of bare amounts at {@link MONEY_SCALE}; the caller vouches for one currency. */
export function sumAmounts(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}
