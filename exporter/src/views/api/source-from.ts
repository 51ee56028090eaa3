import type { Response } from 'express';
import type { PublishedState } from '../../facts/published';
import type { AppParts } from './app-parts';
import type { Source } from './handler';

/** What an answer to `response` is made from: this state, and what the process has seen of feeds and scrapers. */
export function sourceFrom(
  state: PublishedState,
  { response, parts }: { response: Response; parts: AppParts },
): Source {
  const { store, clock, viewerOf, exposition, feedLags, limits, monotonicSeconds } = parts;
  feedLags.observe(state);
  const habits = {
    scrapers: exposition.scrapers(monotonicSeconds()),
    usualLagSeconds: feedLags.usualSeconds(),
    maxRuns: limits.maxRuns,
  };
  return { state, store, viewer: viewerOf(response), now: clock.now(), habits };
}
