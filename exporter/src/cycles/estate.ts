import type { DiscoveredHost, Host } from '../facts/host';
import type { PriceSpan } from '../facts/price';
import type { Instant, Interval } from '../units/interval';

/** A host with all its prices over time and the hash of what an hour is closed under. */
export type EstateHost = {
  readonly host: Host;
  readonly prices: readonly PriceSpan[];
  /** Changes when the host's capacity, the prices inside `hour` or the split policy change. */
  readonly pricingHash: (hour: Interval) => string;
};

/** All hosts, declared ones and those that feeds saw, by name, and how their cost is split. */
export type Estate = {
  /** Grows as hosts are seen. */
  readonly hosts: ReadonlyMap<string, EstateHost>;
  readonly splitPolicy: string;
  /** Takes in hosts that a feed saw; what was declared of a host stands above it. Returns the names that changed. */
  readonly learn?: (seen: readonly DiscoveredHost[]) => string[];
  /** The internal addresses of hosts that feeds saw. */
  readonly addresses?: ReadonlyMap<string, string>;
  /**
   * Lets a host that only a feed saw begin earlier, for it held something before: as it is to be stored. Null for a
   * host that had begun by then, and for declared ones.
   */
  readonly begin?: (host: string, from: Instant) => DiscoveredHost | null;
  /** A host as feeds saw it, all looks together; null for one that none did. */
  readonly discovered?: (host: string) => DiscoveredHost | null;
  /** The feed that saw a host; null for one that none did. */
  readonly feedOf?: (host: string) => string | null;
  /** The names of the configuration's own hosts; where it is not said, all are. */
  readonly declared?: ReadonlySet<string>;
};

/** The host with this cloud id of a machine; null when none has it. */
export function hostOfInstance({ hosts }: Estate, instanceId: string): string | null {
  for (const { host } of hosts.values()) if (host.billingResourceId === instanceId) return host.name;
  return null;
}

/** The host that a text names: by its name in any case, or by its internal address; null when none is meant. */
export function hostNamed({ hosts, addresses }: Estate, text: string): string | null {
  if (hosts.has(text)) return text;
  const byAddress = addresses?.get(text);
  if (byAddress !== undefined) return byAddress;
  const lower = text.toLowerCase();
  for (const name of hosts.keys()) if (name.toLowerCase() === lower) return name;
  return null;
}
