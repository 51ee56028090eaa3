import type { OriginCharge } from '../facts/charge';
import type { Host } from '../facts/host';
import type { PriceSpan } from '../facts/price';
import type { HostHour } from '../ledger/restate';
import { hostOfCapacity } from '../ledger/weigh';
import type { LoadId, Store } from '../store/store';
import { HOUR_MS, hourStart, millisecondsOf } from '../units/interval';
import type { Estate, EstateHost } from './estate';

/** Tells one host-hour from another. */
export const slotOf = ({ host, hour }: HostHour): string => `${hour} ${host}`;

/** Each host-hour once. */
export function distinctHours(hostHours: readonly HostHour[]): HostHour[] {
  return [...new Map(hostHours.map((one) => [slotOf(one), one])).values()];
}

/**
 * Hosts that the configuration no longer names, as their closed hours knew them, by {@link slotOf}: what they cost
 * stands, but who held them can still be restated. Hours in which a host had no charge are left out.
 */
export async function retiredHosts(
  { store, estate }: { store: Store; estate: Estate },
  hostHours: readonly HostHour[],
  asOf: LoadId,
): Promise<Map<string, EstateHost>> {
  const byHost = new Map<string, number[]>();
  for (const { host, hour } of hostHours) {
    if (!estate.hosts.has(host)) byHost.set(host, [...(byHost.get(host) ?? []), hour]);
  }
  const retired = new Map<string, EstateHost>();
  for (const [host, hours] of byHost) {
    const span = { start: Math.min(...hours), end: Math.max(...hours) + HOUR_MS };
    const hashes = new Map(
      (await store.closedHours(host, span, asOf)).map(({ hour, pricingHash }) => [hour, pricingHash]),
    );
    for (const [hour, origins] of await originsByHour(store, { host, ...span }, asOf)) {
      const pricingHash = hashes.get(hour) ?? '';
      retired.set(
        slotOf({ host, hour }),
        asItWas(origins, () => pricingHash),
      );
    }
  }
  return retired;
}

type HostSpanOfTime = { readonly host: string; readonly start: number; readonly end: number };

async function originsByHour(
  store: Store,
  { host, start, end }: HostSpanOfTime,
  asOf: LoadId,
): Promise<Map<number, OriginCharge[]>> {
  const rows = await store.hostPeriods({ hosts: [host], from: start, to: end, limit: 1_000_000 }, asOf);
  const byHour = new Map<number, OriginCharge[]>();
  for (const { origin } of rows) {
    const hour = hourStart(origin.period.start);
    byHour.set(hour, [...(byHour.get(hour) ?? []), origin]);
  }
  return byHour;
}

function asItWas(origins: readonly OriginCharge[], pricingHash: () => string): EstateHost {
  const [first] = origins;
  const { host: name, period, capacityWeight, gpuTime } = first!;
  const milliseconds = BigInt(millisecondsOf(period));
  const host: Host = {
    ...hostOfCapacity(name, { capacityWeight, gpuTime, milliseconds }),
    from: period.start,
    to: origins[origins.length - 1]!.period.end,
  };
  const prices = origins.map(({ period: { start, end }, perHour, rung, rateCard, explanation }): PriceSpan => {
    return { host: name, start, end, perHour, rung, rateCard, explanation };
  });
  return { host, prices, pricingHash };
}
