import { hostsNow } from '../hosts-now';
import { type Check, counted, findingsOf, type Trouble } from './finding-facts';

/** Which hosts have no price, now or for a time in which they were held; without any, no cost is known at all. */
export const prices: Check = ({ state, issues }) => {
  const hosts = hostsNow(state);
  const told = new Map(issues.flatMap((issue) => (issue.code === 'unpriced_host' ? [[issue.value, issue]] : [])));
  const unpriced = hosts.filter(({ price }) => price.perHour === null);
  const status = unpriced.length === hosts.length ? 'fail' : 'warn';
  const now = unpriced.map(({ host, price }): Trouble => {
    const fix = told.get(host.name)?.remedy ?? cardToPaste(host.name);
    return { status, detail: `The host ${host.name} has no price: ${price.explanation}`, fix };
  });
  const named = new Set<string | null>(unpriced.map(({ host }) => host.name));
  const past = [...told.values()]
    .filter(({ value }) => !named.has(value))
    .map(({ reason, remedy }): Trouble => ({ status: 'warn', detail: reason, fix: remedy }));
  return findingsOf('prices', `${counted(hosts.length, 'host')} priced.`, [...now, ...past]);
};

const cardToPaste = (host: string): string =>
  `rate_cards:\n  - name: ${host}\n    applies_to: {host: ${host}}\n    price_per_hour: <price>`;
