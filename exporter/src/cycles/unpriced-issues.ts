import type { Host } from '../facts/host';
import type { Issue } from '../facts/issue';
import { priceAt } from '../ledger/charge-periods';
import type { Instant } from '../units/interval';
import type { Estate } from './estate';

/** One issue for every host that has no price now, with what to paste. */
export function unpricedIssues(estate: Estate, at: Instant, yamlToPaste: (host: Host) => string): Issue[] {
  return [...estate.hosts.values()].flatMap(({ host, prices }) => {
    const price = priceAt(prices, at);
    if (price.perHour !== null) return [];
    return [
      {
        code: 'unpriced_host' as const,
        feed: 'prices',
        file: null,
        line: null,
        column: null,
        field: 'rate_cards',
        value: host.name,
        reason: price.explanation,
        remedy: yamlToPaste(host),
        count: 1,
      },
    ];
  });
}
