import type { Config } from '../config';
import type { Estate, EstateHost } from '../cycles/estate';
import { readBuiltInPrices } from '../feeds/prices/read';
import { listPricesByType } from '../ledger/list-price';
import { pricesOf } from '../ledger/price-ladder';
import { pricingHash } from '../ledger/price-ladder-hash';

/** The hosts of a configuration with their prices over all time. */
export function estateFromConfig(config: Config): Estate {
  const sources = {
    cards: config.rateCards,
    discounts: config.discounts,
    listPrices: listPricesByType(readBuiltInPrices().listPrices),
    currency: config.ledger.currency,
  };
  const hosts = new Map<string, EstateHost>();
  for (const host of config.hosts) {
    const prices = pricesOf(host, sources);
    hosts.set(host.name, {
      host,
      prices,
      pricingHash: (hour) => `${config.ledger.currency} ${config.splitPolicy} ${pricingHash(host, prices, hour)}`,
    });
  }
  return { hosts, splitPolicy: config.splitPolicy };
}
