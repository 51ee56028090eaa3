import { type Issue, NOWHERE } from '../facts/issue';
import type { LoadId, Store } from '../store/store';

const FLOWS_A_PAGE = 1_000;

/** One issue for every deployment that the store has runs of but no feed serves: a renamed one counts runs twice. */
export async function orphanedDeployments(store: Store, served: ReadonlySet<string>, asOf: LoadId): Promise<Issue[]> {
  const orphaned = new Map<string, number>();
  let after: { deployment: string; flow: string } | undefined;
  for (;;) {
    const page = await store.flows(asOf, { limit: FLOWS_A_PAGE, ...(after ? { after } : {}) });
    for (const { deployment, runs } of page) {
      if (!served.has(deployment)) orphaned.set(deployment, (orphaned.get(deployment) ?? 0) + runs);
    }
    after = page[page.length - 1];
    if (page.length < FLOWS_A_PAGE) return [...orphaned].map(([deployment, runs]) => issueOf(deployment, runs));
  }
}

const issueOf = (deployment: string, runs: number): Issue => ({
  ...NOWHERE,
  code: 'orphaned_deployment',
  feed: 'store',
  field: 'feeds.metaflow[].deployment',
  value: deployment,
  reason: `The store has ${runs} runs of ${deployment}, which no feed serves; they hold their hosts as before.`,
  remedy: 'If it was renamed, give the feed its old name, or begin with a new store.url: else runs count twice.',
  count: runs,
});
