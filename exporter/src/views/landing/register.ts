import type { Express, Response } from 'express';
import type { RunSummary } from '../../contract/run';
import type { PublishedState } from '../../facts/published';
import { registerGet } from '../api/access';
import type { AppParts } from '../api/app-parts';
import { listRuns } from '../api/runs';
import { sourceFrom } from '../api/source-from';
import { landingPage } from './page';
import { CONTENT_SECURITY_POLICY } from './style';

const SHOWN_RUNS = 10;

/** `/`: the landing page. */
export function registerLanding(app: Express, parts: AppParts): void {
  registerGet(app, '/', {
    access: { scope: 'read', byTeam: false },
    parts,
    answer: async (_request, response) => {
      const { example, version, clock } = parts;
      const state = parts.state();
      const runs = state === null ? [] : await newestRuns(state, { response, parts });
      const page = landingPage({ state, runs, example, version, now: clock.now() });
      response.set('Content-Security-Policy', CONTENT_SECURITY_POLICY).type('html').send(page);
    },
  });
}

async function newestRuns(
  state: PublishedState,
  { response, parts }: { response: Response; parts: AppParts },
): Promise<readonly RunSummary[] | null> {
  try {
    const source = sourceFrom(state, { response, parts });
    const { items } = await listRuns({ params: {}, query: { limit: SHOWN_RUNS } }, source);
    return items;
  } catch (error) {
    parts.log.error({ err: error }, 'The landing page cannot read the newest runs.');
    return null;
  }
}
