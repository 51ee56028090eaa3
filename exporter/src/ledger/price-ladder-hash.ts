import { createHash } from 'node:crypto';
import type { Host } from '../facts/host';
import type { PriceSpan } from '../facts/price';
import type { Instant, Interval } from '../units/interval';
import { printAmount } from '../units/money-text';

/**
 * A SHA-256 of what an interval's charges rest on: the host's capacity, its existence and its prices within it.
 * Names that change no amount (pool, model, labels, wording of an explanation) and dates outside it do not count.
 */
export function pricingHash(host: Host, spans: readonly PriceSpan[], within: Interval): string {
  const clip = ({ start, end }: { start: Instant | null; end: Instant | null }): [Instant, Instant] => [
    Math.max(start ?? within.start, within.start),
    Math.min(end ?? within.end, within.end),
  ];
  const prices = spans
    .map((span) => ({ span, clipped: clip(span) }))
    .filter(({ clipped: [start, end] }) => start < end)
    .map(({ span: { perHour, rung, rateCard }, clipped }) => [
      ...clipped,
      perHour === null ? null : printAmount(perHour),
      rung,
      rateCard,
    ]);
  const capacity = [host.name, String(host.gpus), textOrNull(host.vcpus), textOrNull(host.memory)];
  const existence = [host.from === null, ...clip({ start: host.from, end: host.to })];
  return createHash('sha256')
    .update(JSON.stringify([capacity, existence, prices]))
    .digest('hex');
}

function textOrNull(count: bigint | null): string | null {
  return count === null ? null : String(count);
}
