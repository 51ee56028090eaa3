import type { Host } from '../facts/host';
import type { PriceSpan } from '../facts/price';
import { divideHalfEven } from '../units/divide';
import { HOUR_MS, type Instant, type Interval, cutAt, hourStart, millisecondsOf, overlap } from '../units/interval';

/** A charge period of one host and the price that holds in it. */
export type PricedPeriod = { readonly period: Interval; readonly price: PriceSpan };

/** When a host exists: from its own start, else from the hour of its first holding; null when neither is known. */
export function existenceOf(host: Host, firstHeld: Instant | null): { start: Instant; end: Instant | null } | null {
  const start = host.from ?? (firstHeld === null ? null : hourStart(firstHeld));
  return start === null ? null : { start, end: host.to };
}

/** Cuts `span` at the host's own ends and at price changes; what lies outside the host's existence is left out. */
export function chargePeriodsOf(
  span: Interval,
  existence: { start: Instant; end: Instant | null },
  prices: readonly PriceSpan[],
): PricedPeriod[] {
  const within = overlap(span, { start: existence.start, end: existence.end ?? span.end });
  if (!within) return [];
  const borders = prices.flatMap(({ start, end }) => [start, end]).filter((border) => border !== null);
  return cutAt(within, borders).map((period) => ({ period, price: priceAt(prices, period.start) }));
}

/** The price in force at an instant; where no span covers it, an unpriced one. */
export function priceAt(prices: readonly PriceSpan[], instant: Instant): PriceSpan {
  const found = prices.find(({ start, end }) => (start ?? -Infinity) <= instant && instant < (end ?? Infinity));
  return found ?? unpricedSpan(prices[0]?.host ?? '');
}

const unpricedSpan = (host: string): PriceSpan => ({
  host,
  start: null,
  end: null,
  perHour: null,
  rung: 'unpriced',
  rateCard: null,
  explanation: 'No price is known for this time.',
});

/** Price per hour × milliseconds ÷ 3,600,000, half-even at scale 12: the only place where a price is multiplied. */
export function amountFor(perHour: bigint, period: Interval): bigint {
  return divideHalfEven(perHour * BigInt(millisecondsOf(period)), BigInt(HOUR_MS));
}
