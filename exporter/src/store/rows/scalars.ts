import { z } from 'zod';
import { assert } from '../../assert';
import { printAmount, readAmount } from '../../units/money-text';

const INTEGER = /^-?\d+$/;
const MAX_AMOUNT = 10n ** 38n;

/** A wide integer as the store prints it → bigint. */
export const bigintCell = z.string().regex(INTEGER, 'is not an integer').transform(BigInt);

/** A 64-bit integer as the store prints it → a safe number. */
export const numberCell = z
  .string()
  .regex(INTEGER, 'is not an integer')
  .transform(Number)
  .refine(Number.isSafeInteger, 'is beyond 2⁵³');

/** A decimal as the store prints it → 10⁻¹² units; digits beyond that are refused. */
export const amountCell = z.string().transform((text, context) => {
  const read = readAmount(text);
  if ('amount' in read && read.residue.digits === 0n) return read.amount;
  context.addIssue({ code: 'custom', message: 'is not an amount at scale 12' });
  return z.NEVER;
});

/** Money for a Decimal(38, 12) column. */
export function amountText(amount: bigint): string {
  assert(amount < MAX_AMOUNT && -amount < MAX_AMOUNT, `Amount ${amount} does not fit Decimal(38, 12).`);
  return printAmount(amount);
}

/** An integer for an Int64 column. */
export function int64Text(value: bigint | number): string {
  return intText(value, 64);
}

/** An integer for an Int128 column. */
export function int128Text(value: bigint): string {
  return intText(value, 128);
}

function intText(value: bigint | number, bits: number): string {
  assert(typeof value === 'bigint' || Number.isSafeInteger(value), `${value} is not a whole number.`);
  const exact = BigInt(value);
  assert(BigInt.asIntN(bits, exact) === exact, `${exact} does not fit ${bits} bits.`);
  return exact.toString();
}
