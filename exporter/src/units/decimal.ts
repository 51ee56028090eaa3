/** An exact decimal number: `digits` × 10^-`scale`. */
export type Decimal = { readonly digits: bigint; readonly scale: number };

/** Why a text is not an exact decimal. */
export type DecimalFault = { readonly fault: string };

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
const MAX_DIGITS = 60;

/**
 * Reads a decimal text exactly: sign, digits, optional fraction, optional E-exponent.
 * Refuses everything else (blank, `1,000`, `NaN`, `.5`, `0x1`, currency signs) and more than 60 significant places.
 */
export function parseDecimal(text: string): Decimal | DecimalFault {
  const match = DECIMAL.exec(text);
  if (!match) return { fault: 'is not a plain decimal number' };
  const [, sign, whole, fraction = '', exponent = '0'] = match;
  const scale = fraction.length - Number(exponent);
  if (whole!.length + fraction.length > MAX_DIGITS || Math.abs(scale) > MAX_DIGITS) {
    return { fault: `has more than ${MAX_DIGITS} digits` };
  }
  const magnitude = BigInt(whole! + fraction);
  const digits = sign === '-' ? -magnitude : magnitude;
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/** Prints a decimal plainly: no exponent, trailing zeros trimmed, `-0` as `0`. */
export function printDecimal({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  return fraction === '' ? sign + whole : `${sign}${whole}.${fraction}`;
}
