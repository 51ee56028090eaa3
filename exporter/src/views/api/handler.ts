import type { z } from 'zod';
import type { Route, RouteId, routes } from '../../contract/routes';
import type { PublishedState } from '../../facts/published';
import type { Store } from '../../store/store';
import type { Instant } from '../../units/interval';
import type { Viewer } from '../auth/authenticate';
import type { FindingFacts } from '../findings/finding-facts';
import { instantOf } from '../wire';

/** What this process has seen of its feeds and scrapers, and how many runs `/metrics` has room for. */
export type Habits = Pick<FindingFacts, 'scrapers' | 'usualLagSeconds' | 'maxRuns'>;

/** What one answer is made from: a published state, the store as of it, who asks, and when. */
export type Source = {
  readonly state: PublishedState;
  readonly store: Store;
  readonly viewer: Viewer;
  readonly now: Instant;
  readonly habits: Habits;
};

/** Parameters as read by a route's schemas. */
export type Asked<R extends Route> = { readonly params: z.output<R['params']>; readonly query: z.output<R['query']> };

/** Answers one route of the table; the answer has the type of the route's response. */
export type Handler<Id extends RouteId> = (
  asked: Asked<(typeof routes)[Id]>,
  source: Source,
) => Promise<z.input<(typeof routes)[Id]['response']>>;

/** How fresh an answer is, and in what currency. */
export function freshness({ completeUntil, currency }: PublishedState) {
  return { completeUntil: instantOf(completeUntil), currency };
}
