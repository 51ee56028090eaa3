import { printAmount } from '../units/money-text';
import type { Instant } from '../units/interval';

/** An amount at scale 12 as sent; an unknown one stays null. */
export function moneyOf(amount: bigint): string;
export function moneyOf(amount: bigint | null): string | null;
export function moneyOf(amount: bigint | null): string | null {
  return amount === null ? null : printAmount(amount);
}

/** A span of seconds, or of GPU-seconds, as sent: to the millisecond, without what sums of floats leave behind. */
export function secondsOf(seconds: number): number;
export function secondsOf(seconds: number | null): number | null;
export function secondsOf(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 1000) / 1000;
}

const [FIRST, LAST] = [Date.parse('0000-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/**
 * An instant as sent: ISO 8601 in UTC with milliseconds. One outside the years 0 to 9999, which bad data can hold,
 * is sent as the nearest inside, so that one record never takes a list with it.
 */
export function instantOf(instant: Instant): string;
export function instantOf(instant: Instant | null): string | null;
export function instantOf(instant: Instant | null): string | null {
  return instant === null ? null : new Date(Math.min(Math.max(instant, FIRST), LAST)).toISOString();
}
