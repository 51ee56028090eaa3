import { assert } from '../assert';

/** `numerator ÷ denominator` to the nearest integer; a tie goes to the even one (IEEE 754 roundTiesToEven). */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const floor = divideFloor(numerator, denominator);
  const twice = (numerator - floor * denominator) * 2n;
  const rest = denominator < 0n ? -twice : twice;
  const whole = denominator < 0n ? -denominator : denominator;
  if (rest > whole) return floor + 1n;
  if (rest < whole) return floor;
  return floor % 2n === 0n ? floor : floor + 1n;
}

/** `numerator ÷ denominator` toward negative infinity. */
export function divideFloor(numerator: bigint, denominator: bigint): bigint {
  assert(denominator !== 0n, 'A divisor must not be zero.');
  const quotient = numerator / denominator;
  const inexact = numerator % denominator !== 0n;
  return inexact && numerator < 0n !== denominator < 0n ? quotient - 1n : quotient;
}
