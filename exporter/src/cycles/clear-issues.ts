import type { Issue } from '../facts/issue';
import type { LoadId, Store } from '../store/store';
import type { Instant } from '../units/interval';
import { contentHash } from './content-hash';

const ISSUES_A_PAGE = 500;

/**
 * Takes back every issue of these feeds: all that they rest on is about to be read or closed again, and what is still
 * wrong is told again.
 */
export async function clearIssues(
  store: Store,
  { feeds, at }: { feeds: ReadonlySet<string>; at: Instant },
  asOf: LoadId,
): Promise<LoadId> {
  if (feeds.size === 0) return asOf;
  const told = (await allIssues(store, asOf)).filter(({ feed }) => feeds.has(feed));
  if (told.length === 0) return asOf;
  const issues = told.map((issue) => ({ ...issue, count: 0 }));
  const load = { key: `clear:${asOf}:${contentHash(issues)}`, at, runs: [], attempts: [], closings: [], issues };
  return Math.max(asOf, (await store.publish(load)).loadId);
}

async function allIssues(store: Store, asOf: LoadId): Promise<Issue[]> {
  const issues: Issue[] = [];
  for (;;) {
    const after = issues[issues.length - 1];
    const page = await store.issues(asOf, { limit: ISSUES_A_PAGE, ...(after ? { after } : {}) });
    issues.push(...page);
    if (page.length < ISSUES_A_PAGE) return issues;
  }
}
