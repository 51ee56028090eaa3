import type { Decimal } from '../units/decimal';
import { divideHalfEven } from '../units/divide';
import { MONEY_ONE } from '../units/money';

/** An exact quotient; `denominator` is positive. */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

/** A decimal as a fraction, exactly. */
export function fractionOf({ digits, scale }: Decimal): Fraction {
  return { numerator: digits, denominator: 10n ** BigInt(scale) };
}

/** The product of decimals, exactly. */
export function productOf(...factors: readonly Decimal[]): Fraction {
  return factors.map(fractionOf).reduce((a, b) => ({
    numerator: a.numerator * b.numerator,
    denominator: a.denominator * b.denominator,
  }));
}

/** `fraction ÷ divisor`, exactly; `divisor` is positive. */
export function quotientOf({ numerator, denominator }: Fraction, divisor: bigint): Fraction {
  return { numerator, denominator: denominator * divisor };
}

/** Σ of fractions, exactly. */
export function sumOf(fractions: readonly Fraction[]): Fraction {
  return fractions.reduce(
    (a, b) => ({
      numerator: a.numerator * b.denominator + b.numerator * a.denominator,
      denominator: a.denominator * b.denominator,
    }),
    { numerator: 0n, denominator: 1n },
  );
}

/** The fraction as an amount at scale 12, half-even: the one place where a price is rounded. */
export function amountOf({ numerator, denominator }: Fraction): bigint {
  return divideHalfEven(numerator * MONEY_ONE, denominator);
}
