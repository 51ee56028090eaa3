import type { Express, Response } from 'express';
import type { PublishedState } from '../../facts/published';
import { registerGet } from '../api/access';
import type { AppParts } from '../api/app-parts';
import { standingIssues } from '../api/issues';
import { listRuns } from '../api/runs';
import { sourceFrom } from '../api/source-from';
import { landingPage, type LandingFacts } from './page';
import { CONTENT_SECURITY_POLICY } from './style';

const [SHOWN_RUNS, COUNTED_ISSUES] = [10, 500];

/** `/`: the landing page. */
export function registerLanding(app: Express, parts: AppParts): void {
  registerGet(app, '/', {
    access: { scope: 'read', byTeam: false },
    parts,
    answer: async (_request, response) => {
      const { example, version, clock } = parts;
      const state = parts.state();
      const stored = state === null ? NOTHING : await readStore(state, { response, parts });
      const page = landingPage({ state, ...stored, example, version, now: clock.now() });
      response.set('Content-Security-Policy', CONTENT_SECURITY_POLICY).type('html').send(page);
    },
  });
}

type Stored = Pick<LandingFacts, 'runs' | 'issues'>;

const NOTHING: Stored = { runs: [], issues: { count: 0, isMore: false } };

async function readStore(
  state: PublishedState,
  { response, parts }: { response: Response; parts: AppParts },
): Promise<Stored> {
  try {
    const source = sourceFrom(state, { response, parts });
    const [{ items }, issues] = await Promise.all([
      listRuns({ params: {}, query: { limit: SHOWN_RUNS } }, source),
      standingIssues(source, COUNTED_ISSUES + 1),
    ]);
    const isMore = issues.length > COUNTED_ISSUES;
    return { runs: items, issues: { count: isMore ? COUNTED_ISSUES : issues.length, isMore } };
  } catch (error) {
    parts.log.error({ err: error }, 'The landing page cannot read the store.');
    return { runs: null, issues: null };
  }
}
