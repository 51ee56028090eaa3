import type { Host } from '../facts/host';
import type { PriceSpan } from '../facts/price';
import type { Interval } from '../units/interval';

/** A host with all its prices over time and the hash of what an hour is closed under. */
export type EstateHost = {
  readonly host: Host;
  readonly prices: readonly PriceSpan[];
  /** Changes when the host's capacity, the prices inside `hour` or the split policy change. */
  readonly pricingHash: (hour: Interval) => string;
};

/** All hosts of the configuration, by name, and how their cost is split. */
export type Estate = { readonly hosts: ReadonlyMap<string, EstateHost>; readonly splitPolicy: string };
