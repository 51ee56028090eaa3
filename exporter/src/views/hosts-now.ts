import type { PricedHost, PublishedState } from '../facts/published';

/** The hosts that exist when a state was computed: those that have ended, or are yet to come, cost nothing now. */
export function hostsNow({ hosts, computedAt }: Pick<PublishedState, 'hosts' | 'computedAt'>): PricedHost[] {
  return hosts.filter(
    ({ host: { from, to } }) => (from === null || from <= computedAt) && (to === null || to > computedAt),
  );
}
