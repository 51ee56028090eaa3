import { CHECKS, type Finding } from '../../contract/finding';
import { allowList } from './allow-list';
import { budgets } from './budgets';
import { clockSkew } from './clock-skew';
import { cycle } from './cycle';
import { exampleData } from './example-data';
import { feedEmpty } from './feed-empty';
import { feedFailed } from './feed-failed';
import { feedStale } from './feed-stale';
import type { Check, CheckName, FindingFacts } from './finding-facts';
import { gpuHosts } from './gpu-hosts';
import { gpuTelemetry } from './gpu-telemetry';
import { invariants } from './invariants';
import { lostAttempts } from './lost-attempts';
import { otherIssues } from './other-issues';
import { prices } from './prices';
import { runHosts } from './run-hosts';
import { runResources } from './run-resources';
import { scrapeInterval } from './scrape-interval';
import { seriesCap } from './series-cap';
import { unattributedBurn } from './unattributed-burn';
import { unmatchedPods } from './unmatched-pods';
import { warmEndpoints } from './warm-endpoints';

/** Who makes each check; `configuration` and `server` are the command line's own. */
const checks: { readonly [Name in Exclude<CheckName, 'configuration' | 'server'>]: Check } = {
  cycle,
  invariants,
  example_data: exampleData,
  feed_failed: feedFailed,
  feed_empty: feedEmpty,
  feed_stale: feedStale,
  allow_list: allowList,
  gpu_telemetry: gpuTelemetry,
  gpu_hosts: gpuHosts,
  prices,
  run_resources: runResources,
  run_hosts: runHosts,
  lost_attempts: lostAttempts,
  unattributed_burn: unattributedBurn,
  warm_endpoints: warmEndpoints,
  unmatched_pods: unmatchedPods,
  clock_skew: clockSkew,
  scrape_interval: scrapeInterval,
  series_cap: seriesCap,
  budgets,
  other_issues: otherIssues,
};

/** Every check of a running exporter, in the order of the contract. */
export function allFindings(facts: FindingFacts): Finding[] {
  return CHECKS.flatMap((name) => (name === 'configuration' || name === 'server' ? [] : checks[name](facts)));
}
