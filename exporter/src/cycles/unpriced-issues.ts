import type { Host } from '../facts/host';
import { type Issue, NOWHERE } from '../facts/issue';
import { priceAt } from '../ledger/charge-periods';
import type { Instant } from '../units/interval';
import type { Estate, EstateHost } from './estate';
import type { HeldSpan } from './ledger-span';

/** The estate, when its hosts were held, and until when. */
export type PricedTime = {
  readonly estate: Estate;
  readonly spans: ReadonlyMap<string, HeldSpan>;
  readonly at: Instant;
};

/** One issue for every host that has no price now, or had none while it was held, with what to paste. */
export function unpricedIssues({ estate, spans, at }: PricedTime, yamlToPaste: (host: Host) => string): Issue[] {
  return [...estate.hosts.values()].flatMap((known) => {
    const { host, prices } = known;
    const price = priceAt(prices, at);
    if (price.perHour === null) return [issueOf(host, price.explanation, yamlToPaste(host))];
    const span = spans.get(host.name);
    return span && hasUnpricedPast(known, span.firstHeld, at) ? [issueOf(host, pastSentence(host), PAST_REMEDY)] : [];
  });
}

function hasUnpricedPast({ host, prices }: EstateHost, firstHeld: Instant, at: Instant): boolean {
  const from = Math.max(firstHeld, host.from ?? firstHeld);
  const borders = prices.flatMap(({ start, end }) => [start, end]).filter((border) => border !== null);
  const instants = [from, ...borders.filter((border) => from < border && border < at)];
  return instants.some((instant) => priceAt(prices, instant).perHour === null);
}

const pastSentence = (host: Host): string =>
  `${host.name} was held at a time for which no price is known; that part of its runs is unpriced.`;

const PAST_REMEDY = 'Give its rate card an earlier from date, or add a card for the time before.';

function issueOf(host: Host, reason: string, remedy: string): Issue {
  return { ...NOWHERE, code: 'unpriced_host', feed: 'prices', field: 'rate_cards', value: host.name, reason, remedy };
}
