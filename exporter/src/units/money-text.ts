import { type Decimal, type DecimalFault, parseDecimal, printDecimal } from './decimal';
import { divideHalfEven } from './divide';
import { MONEY_SCALE } from './money';

/** An amount at scale 12 and what its text said beyond that: `text = amount × 10⁻¹² + residue`, exactly. */
export type ReadAmount = { readonly amount: bigint; readonly residue: Decimal };

const ZERO: Decimal = { digits: 0n, scale: 0 };
const MAX_AMOUNT = 10n ** 38n - 1n;

/** Reads a money text at scale 12, half-even; digits beyond that come back as the residue. Junk is a fault, never 0. */
export function readAmount(text: string): ReadAmount | DecimalFault {
  const decimal = parseDecimal(text);
  if ('fault' in decimal) return decimal;
  const read = roundToMoney(decimal);
  const magnitude = read.amount < 0n ? -read.amount : read.amount;
  return magnitude > MAX_AMOUNT ? { fault: 'is too large for Decimal(38, 12)' } : read;
}

function roundToMoney({ digits, scale }: Decimal): ReadAmount {
  if (scale <= MONEY_SCALE) return { amount: digits * 10n ** BigInt(MONEY_SCALE - scale), residue: ZERO };
  const unit = 10n ** BigInt(scale - MONEY_SCALE);
  const amount = divideHalfEven(digits, unit);
  const residue = digits - amount * unit;
  return { amount, residue: residue === 0n ? ZERO : { digits: residue, scale } };
}

/** Prints an amount at scale 12 as a plain decimal: no exponent, trailing zeros trimmed. */
export function printAmount(amount: bigint): string {
  return printDecimal({ digits: amount, scale: MONEY_SCALE });
}
