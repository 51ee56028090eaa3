import type { AttemptKey } from '../facts/attempt';
import type { ChargeKind } from '../facts/charge';
import type { DeviceStretch } from '../facts/gpu-sample';
import type { Host } from '../facts/host';
import type { PriceSpan } from '../facts/price';
import type { Instant } from '../units/interval';
import { split } from '../units/split';
import { priceAt } from './charge-periods';
import { type Activity, type AttemptHolding, holdingsWithin } from './holding';
import { measure } from './measure';

/** A piece of a host's price per hour: what one party burns right now. */
export type SpendPiece = { readonly kind: ChargeKind; readonly holder: AttemptKey | null; readonly perHour: bigint };

/**
 * Splits a host's price per hour at one instant; the pieces sum to the price exactly.
 * `stretches` are what telemetry says of the host's devices at that instant; where there are any, `activity` does not
 * count. Empty where the host does not exist or is unpriced at that instant.
 */
export function spendAt(
  at: Instant,
  host: Host,
  {
    prices,
    holdings,
    activity,
    stretches = [],
  }: {
    prices: readonly PriceSpan[];
    holdings: readonly AttemptHolding[];
    activity: readonly Activity[];
    stretches?: readonly DeviceStretch[];
  },
): SpendPiece[] {
  const { perHour } = priceAt(prices, at);
  if (perHour === null || (host.from !== null && at < host.from) || (host.to !== null && at >= host.to)) return [];
  const during = { start: at, end: at + 1 };
  const active = holdingsWithin(during, holdings);
  const known = holdings.map(({ attempt }) => attempt);
  const [slice] = measure({ host, during, perHour, holdings: active, activity, stretches, known, borders: [] });
  if (!slice) return [];
  const shares = split(perHour, [...slice.weights, slice.unattributed, slice.idle]);
  const pieces: SpendPiece[] = [
    ...slice.holders.map(({ attempt }, index) => ({
      kind: 'workload' as const,
      holder: attempt.key,
      perHour: shares[index]!,
    })),
    { kind: 'unattributed', holder: null, perHour: shares[slice.holders.length]! },
    { kind: 'idle', holder: null, perHour: shares[slice.holders.length + 1]! },
  ];
  return pieces.filter((piece) => piece.kind === 'workload' || piece.perHour !== 0n);
}
