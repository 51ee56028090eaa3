import { assert } from '../assert';
import type { ChargePeriod } from '../facts/charge';
import { printAmount } from '../units/money-text';

/** Origin charge less Σ its pieces, in 10⁻¹²: 0 when the law holds. Where unpriced, no piece may have an amount. */
export function imbalanceOf({ origin, pieces }: ChargePeriod): bigint {
  if (origin.amount === null) return pieces.every(({ amount }) => amount === null) ? 0n : 1n;
  return pieces.reduce((left, { amount }) => left - (amount ?? 0n), origin.amount);
}

/** The law: the allocated charges of an origin charge sum to it, exactly. */
export function assertBalanced(charged: ChargePeriod): void {
  const { host, period } = charged.origin;
  const imbalance = imbalanceOf(charged);
  assert(
    imbalance === 0n,
    `The pieces of ${host} in [${period.start}, ${period.end}) miss their origin charge by ${printAmount(imbalance)}.`,
  );
}
