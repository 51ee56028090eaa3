import { printAmount } from '../units/money-text';
import type { Instant } from '../units/interval';

/** An amount at scale 12 as sent; an unknown one stays null. */
export function moneyOf(amount: bigint): string;
export function moneyOf(amount: bigint | null): string | null;
export function moneyOf(amount: bigint | null): string | null {
  return amount === null ? null : printAmount(amount);
}

/** An instant as sent: ISO 8601 in UTC with milliseconds. */
export function instantOf(instant: Instant): string;
export function instantOf(instant: Instant | null): string | null;
export function instantOf(instant: Instant | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
