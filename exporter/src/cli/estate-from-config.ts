import type { Config } from '../config';
import type { Estate, EstateHost } from '../cycles/estate';
import type { DiscoveredHost, Host } from '../facts/host';
import type { InstanceType } from '../facts/list-price';
import { readBuiltInPrices } from '../feeds/prices/read';
import { listPricesByType } from '../ledger/list-price';
import { type PriceSources, pricesOf } from '../ledger/price-ladder';
import { pricingHash } from '../ledger/price-ladder-hash';
import { hostWithDefaults } from '../ledger/price-ladder-host';

/** The hosts of a configuration with their prices over all time; hosts that feeds see later join them. */
export function estateFromConfig(config: Config): Estate {
  const { listPrices, instanceTypes } = readBuiltInPrices();
  const { currency } = config.ledger;
  const sources: PriceSources = {
    cards: config.rateCards,
    discounts: config.discounts,
    listPrices: listPricesByType(listPrices),
    currency,
  };
  const priced = (host: Host): EstateHost => {
    const prices = pricesOf(host, sources);
    const terms = `${currency} ${config.splitPolicy}`;
    return { host, prices, pricingHash: (hour) => `${terms} ${pricingHash(host, prices, hour)}` };
  };
  const declared = new Map(config.hosts.map((host) => [host.name, host]));
  const hosts = new Map(config.hosts.map((host) => [host.name, priced(host)]));
  const discovered = new Map<string, DiscoveredHost>();
  const addresses = new Map<string, string>();
  const learnOne = (seen: DiscoveredHost): boolean => {
    const one = merged(discovered.get(seen.name), seen);
    const host = hostFrom(one, { declared: declared.get(one.name), instanceTypes });
    if (host === null) return false;
    discovered.set(one.name, one);
    if (one.internalIp !== null) addresses.set(one.internalIp, host.name);
    if (isSame(hosts.get(host.name)?.host, host)) return false;
    hosts.set(host.name, priced(host));
    return true;
  };
  return {
    hosts,
    splitPolicy: config.splitPolicy,
    addresses,
    declared: new Set(declared.keys()),
    discovered: (host) => discovered.get(host) ?? null,
    feedOf: (host) => discovered.get(host)?.feed ?? null,
    learn: (seen) => seen.filter(learnOne).map(({ name }) => name),
    begin(host, from) {
      const known = discovered.get(host);
      if (!known || known.from === null || known.from <= from || declared.get(host)?.from) return null;
      learnOne({ ...known, from });
      return { ...known, from };
    },
  };
}

/** What is known of a machine stays known: its first sight, and facts that a later look does not show. */
function merged(known: DiscoveredHost | undefined, seen: DiscoveredHost): DiscoveredHost {
  const isOther =
    known?.billingResourceId && seen.billingResourceId && known.billingResourceId !== seen.billingResourceId;
  if (!known || isOther) return seen;
  const facts = Object.entries(seen).filter(([, value]) => value !== null);
  const from = known.from === null || seen.from === null ? null : Math.min(known.from, seen.from);
  return { ...known, ...(Object.fromEntries(facts) as DiscoveredHost), from, to: seen.to };
}

type HostSources = { readonly declared: Host | undefined; readonly instanceTypes: readonly InstanceType[] };

/** What was declared stands; the rest is what was seen. Null while what was seen has nothing to split a charge by. */
function hostFrom(seen: DiscoveredHost, { declared, instanceTypes }: HostSources): Host | null {
  const { feed: _feed, internalIp: _internalIp, zone: _zone, ...node } = seen;
  if (declared) return filled(declared, node);
  const ofType = hostWithDefaults({ ...node, gpus: null, gpuModel: null }, instanceTypes);
  // A device plugin tells of no GPU until it has started; the type of the machine knows better.
  const gpus = 'missing' in ofType || ofType.gpus < node.gpus ? node.gpus : ofType.gpus;
  // Rate cards and panels name a model as the price list does; a node's label says it in its maker's many ways.
  const listedModel = 'missing' in ofType ? null : ofType.gpuModel;
  const host = hostWithDefaults({ ...node, gpus, gpuModel: listedModel ?? node.gpuModel }, instanceTypes);
  return 'missing' in host ? null : host;
}

function filled(declared: Host, node: Host): Host {
  const known = Object.entries(declared).filter(([, value]) => value !== null);
  const host = { ...node, ...(Object.fromEntries(known) as Host) };
  return host.gpus === 0n ? { ...host, gpuModel: null } : host;
}

function isSame(a: Host | undefined, b: Host): boolean {
  if (!a) return false;
  const keys = Object.keys(b) as (keyof Host)[];
  return keys.every((key) => a[key] === b[key]);
}
