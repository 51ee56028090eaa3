/** An amount of a reference table as the API writes it: without trailing zeros. */
export const trimmed = (amount: string): string => amount.replace(/\.?0+$/, '');

/** A plain decimal as an integer of 10⁻¹². */
export function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(12, '0'));
}
