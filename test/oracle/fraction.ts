/** An exact number; `denominator` is positive. */
export type Fraction = { readonly numerator: bigint; readonly denominator: bigint };

/** `numerator ÷ denominator` for a positive denominator, as it stands: nothing is cancelled. */
export function fraction(numerator: bigint, denominator = 1n): Fraction {
  if (denominator <= 0n) throw new RangeError(`A fraction of ${denominator}.`);
  return { numerator, denominator };
}

export const plus = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

export const times = (a: Fraction, b: Fraction): Fraction =>
  fraction(a.numerator * b.numerator, a.denominator * b.denominator);

/** Greater, equal or less than 0 as `a` is greater, equal or less than `b`. */
export const against = (a: Fraction, b: Fraction): bigint => a.numerator * b.denominator - b.numerator * a.denominator;

/** The whole part of a number that is not negative. */
export const whole = (a: Fraction): bigint => a.numerator / a.denominator;

/** What is left of a number that is not negative without its whole part. */
export const rest = (a: Fraction): Fraction => fraction(a.numerator % a.denominator, a.denominator);

/** The nearest whole number; halves go to the even one. Not for negative numbers. */
export function nearest(a: Fraction): bigint {
  const below = whole(a);
  const half = against(rest(a), fraction(1n, 2n));
  const isUp = half > 0n || (half === 0n && below % 2n === 1n);
  return isUp ? below + 1n : below;
}

/** Deals `total` out by weight; single units go to whoever is furthest below the exact share, the earlier at a tie. */
export function deal(total: bigint, weights: readonly bigint[]): bigint[] {
  const sum = weights.reduce((a, b) => a + b, 0n);
  if (sum === 0n) return weights.map(() => 0n);
  const exact = weights.map((weight) => fraction(total * weight, sum));
  const dealt = exact.map(whole);
  const owed = exact.map(rest);
  for (let left = total - dealt.reduce((a, b) => a + b, 0n); left > 0n; left -= 1n) {
    let next = 0;
    for (let place = 1; place < owed.length; place += 1) if (against(owed[place]!, owed[next]!) > 0n) next = place;
    dealt[next]! += 1n;
    owed[next] = fraction(0n);
  }
  return dealt;
}
