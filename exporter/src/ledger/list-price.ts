import type { Host } from '../facts/host';
import type { ListPrice } from '../facts/list-price';
import { compareUtf8 } from '../units/utf8-order';

/** List prices by provider and instance type, for look-ups. */
export type ListPrices = ReadonlyMap<string, readonly ListPrice[]>;

/** The currency of every built-in list price. */
export const LIST_CURRENCY = 'USD';

/** The facts that pick a list price. */
export type ListedHost = Pick<Host, 'name' | 'provider' | 'region' | 'instanceType' | 'capacityType'>;

/** A list price that holds for a host, or the sentence that says why none does. */
export type ListPriceAnswer = { readonly price: ListPrice } | { readonly why: string; readonly remedy: string };

/** Indexes list prices by provider and instance type. */
export function listPricesByType(rows: readonly ListPrice[]): ListPrices {
  const index = new Map<string, ListPrice[]>();
  for (const row of rows) {
    const key = keyOf(row.provider, row.instanceType);
    index.set(key, [...(index.get(key) ?? []), row]);
  }
  return index;
}

/**
 * The list price of a host: of its own provider, instance type and region, for its kind of capacity.
 * A price of another region never stands in.
 */
export function listPriceOf(host: ListedHost, from: { prices: ListPrices; currency: string }): ListPriceAnswer {
  if (from.currency !== LIST_CURRENCY) {
    const why = `list prices are in ${LIST_CURRENCY} and this ledger is in ${from.currency}`;
    return { why, remedy: `Add a rate card in ${from.currency}.` };
  }
  if (host.provider === null || host.instanceType === null) {
    const remedy = 'Add a rate card for it, or its provider, region and instance_type.';
    return { why: 'it names no provider and instance_type whose list price is known', remedy };
  }
  return pricedType(host as Named, from.prices.get(keyOf(host.provider, host.instanceType)) ?? []);
}

/** The on-demand list price of a host's type in the list's own region, whatever region the host is in. */
export function listPriceElsewhere(host: ListedHost, prices: ListPrices): ListPrice | null {
  if (host.provider === null || host.instanceType === null) return null;
  const rows = prices.get(keyOf(host.provider, host.instanceType)) ?? [];
  const onDemand = rows.filter(({ kind }) => kind === 'on_demand');
  return onDemand.sort((a, b) => compareUtf8(a.region, b.region))[0] ?? null;
}

/** True where some list price of the provider (and of the instance type, where one is named) is known. */
export function isListed(prices: ListPrices, { provider, instanceType }: ListedName): boolean {
  if (instanceType !== null) return prices.has(keyOf(provider, instanceType));
  return [...prices.values()].some(([first]) => first?.provider === provider);
}

type ListedName = { readonly provider: string; readonly instanceType: string | null };
type Named = ListedHost & { readonly provider: string; readonly instanceType: string };

const SELF_PRICED = ['owned', 'leased'];

function pricedType(host: Named, rows: readonly ListPrice[]): ListPriceAnswer {
  const { provider, instanceType, region, capacityType } = host;
  if (capacityType !== null && SELF_PRICED.includes(capacityType)) {
    const why = `its capacity is ${capacityType}, which no provider's list prices`;
    return { why, remedy: 'Add a rate card for it.' };
  }
  if (rows.length === 0) {
    const why = `no list price of ${provider}'s ${instanceType} is known`;
    return { why, remedy: 'Check provider and instance_type, or add a rate card.' };
  }
  const regions = [...new Set(rows.map((row) => row.region))].join(', ');
  if (region === null) {
    const why = `its region is not set and ${instanceType} is listed for ${regions} alone`;
    return { why, remedy: 'Set its region, or add a rate card.' };
  }
  const here = rows.filter((row) => row.region === region);
  if (here.length === 0) {
    const why = `${instanceType} is listed for ${regions} and not for ${region}; prices differ between regions`;
    return { why, remedy: `Add a rate card, or a discount with region: ${region} that states a factor on ${regions}.` };
  }
  const kind = capacityType === 'spot' ? 'spot' : 'on_demand';
  const price = here.find((row) => row.kind === kind);
  if (price) return { price };
  return { why: `no list price of ${kind} ${instanceType} in ${region} is known`, remedy: 'Add a rate card for it.' };
}

function keyOf(provider: string, instanceType: string): string {
  return JSON.stringify([provider, instanceType]);
}
