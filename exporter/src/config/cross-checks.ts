import type { Host } from '../facts/host';
import type { ListPrice } from '../facts/list-price';
import type { Discount, RateCard } from '../facts/rate-card';
import type { Instant } from '../units/interval';
import { isListed, listPricesByType } from '../ledger/list-price';
import { cardFactOf, cardsOf } from '../ledger/price-ladder';
import { type FieldPath, printPath, type Report, suggestion } from './fault';
import type { PlacedFeeds } from './feeds';

/** A thing read from the document and where it stands there. */
export type Placed<T> = { readonly it: T; readonly path: FieldPath };

/** Everything that can be compared once it is read. */
export type ReadParts = {
  readonly hosts: readonly Placed<Host>[];
  readonly cards: readonly Placed<RateCard>[];
  readonly discounts: readonly Placed<Discount>[];
  readonly feeds: PlacedFeeds;
  /** Names of all declared hosts, also of those with a fault. */
  readonly hostNames: readonly string[];
  /** Where feeds and holdings name a host. */
  readonly hostReferences: readonly { readonly text: string; readonly path: FieldPath }[];
  readonly listPrices: readonly ListPrice[];
  readonly currency: string;
};

/** Reports what is wrong between parts that are sound by themselves. */
export function checkAcross(parts: ReadParts, report: Report): void {
  const { hosts, cards, feeds, hostReferences, hostNames } = parts;
  checkUnique(
    hosts.map(({ it, path }) => ({ name: it.name, path: [...path, 'name'] })),
    report,
  );
  checkUnique(
    cards.map(({ it, path }) => ({ name: it.name, path: [...path, 'name'] })),
    report,
  );
  checkUnique(
    [...feeds.metaflow, ...feeds.kubernetes, ...feeds.dcgm].map(({ feed, path }) => ({
      name: feed.name,
      path: [...path, 'name'],
    })),
    report,
  );
  checkUnique(
    feeds.metaflow.map(({ feed, path }) => ({ name: feed.deployment, path: [...path, 'deployment'] })),
    report,
  );
  if (feeds.kubernetes.length === 0) checkHostReferences(hostReferences, hostNames, report);
  checkCards(parts, report);
  checkDiscounts(parts, report);
}

/** With a cluster any name may be that of a node to come. */
function checkHostReferences(
  references: ReadParts['hostReferences'],
  hostNames: readonly string[],
  report: Report,
): void {
  for (const { text, path } of references.filter((reference) => !hostNames.includes(reference.text))) {
    const remedy = hostNames.length === 0 ? 'Declare it under hosts.' : suggestion(text, hostNames);
    report({ path, reason: 'is not a host declared under hosts', remedy });
  }
}

function checkUnique(named: readonly { name: string; path: FieldPath }[], report: Report): void {
  const first = new Map<string, FieldPath>();
  for (const { name, path } of named) {
    const known = first.get(name);
    if (known)
      report({ path, reason: `is the name at ${printPath(known)} too`, remedy: 'Give each a name of its own.' });
    else first.set(name, path);
  }
}

function checkCards({ cards, hosts, hostNames, feeds }: ReadParts, report: Report): void {
  const areAllHostsRead = hosts.length === hostNames.length && feeds.kubernetes.length === 0;
  for (const { it, path } of cards) {
    if (!areAllHostsRead || hosts.some(({ it: host }) => cardsOf(host, [it]).length > 0)) continue;
    const known = [...new Set(hosts.map(({ it: host }) => cardFactOf(host, it.level)).filter((fact) => fact !== null))];
    report({ path: [...path, 'applies_to', it.level], ...inapplicable(it, known) });
  }
  for (const { it: host } of hosts) checkOverlap(host, { cards, report });
}

function inapplicable({ level, value }: RateCard, known: readonly string[]): { reason: string; remedy: string } {
  if (known.includes(value)) {
    return { reason: 'is priced per GPU and applies to no host with GPUs', remedy: 'Use price_per_hour.' };
  }
  const remedy = known.length === 0 ? `Declare a host with this ${level}.` : suggestion(value, known);
  return { reason: 'applies to no host', remedy };
}

function checkOverlap(host: Host, { cards, report }: { cards: readonly Placed<RateCard>[]; report: Report }): void {
  const applying = cards.filter(({ it }) => cardsOf(host, [it]).length > 0);
  for (const [index, later] of applying.entries()) {
    const rival = applying.slice(0, index).find(({ it }) => it.level === later.it.level && doOverlap(it, later.it));
    if (!rival) continue;
    const reason = `and rate card ${rival.it.name} price host ${host.name} at the same time, both by ${later.it.level}`;
    const remedy = 'End one where the other begins (to and from), or let one name something more specific.';
    report({ path: [...later.path, 'name'], reason, remedy });
  }
}

function checkDiscounts({ discounts, listPrices, currency }: ReadParts, report: Report): void {
  const prices = listPricesByType(listPrices);
  for (const [index, { it, path }] of discounts.entries()) {
    if (currency !== 'USD') {
      const reason = `has no list price to apply to: list prices are in USD and the ledger is in ${currency}`;
      report({ path, reason, remedy: `Use rate cards in ${currency}.` });
    } else if (!isListed(prices, it)) {
      report({ path: [...path, it.instanceType === null ? 'provider' : 'instance_type'], ...unlisted(it, listPrices) });
    }
    const rival = discounts.slice(0, index).find(({ it: other }) => isSameDiscount(other, it) && doOverlap(other, it));
    if (rival) {
      const reason = `overlaps with ${printPath(rival.path)}, which is about the same prices`;
      report({ path, reason, remedy: 'End one where the other begins (to and from).' });
    }
  }
}

function unlisted(
  { provider, instanceType }: Discount,
  rows: readonly ListPrice[],
): { reason: string; remedy: string } {
  const providers = [...new Set(rows.map((row) => row.provider))];
  if (instanceType === null || !providers.includes(provider)) {
    return {
      reason: `has no list price to apply to: none of ${provider} is known`,
      remedy: suggestion(provider, providers),
    };
  }
  const types = rows.filter((row) => row.provider === provider).map((row) => row.instanceType);
  const near = suggestion(instanceType, types);
  const remedy = near.startsWith('Did') ? near : 'Use a rate card with price_per_hour.';
  return { reason: `has no list price to apply to: no ${provider} price of it is known`, remedy };
}

function isSameDiscount(a: Discount, b: Discount): boolean {
  return a.provider === b.provider && a.instanceType === b.instanceType && a.region === b.region;
}

type Dated = { readonly from: Instant | null; readonly to: Instant | null };

function doOverlap(a: Dated, b: Dated): boolean {
  const startsBefore = (one: Dated, other: Dated): boolean =>
    one.from === null || other.to === null || one.from < other.to;
  return startsBefore(a, b) && startsBefore(b, a);
}
