import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { FeedError, type RowCounts } from '../feed';
import { issueOf } from '../metaflow/issue';
import type { Exposition } from '../scrape/exposition';
import type { ClusterSnapshot } from './cluster-snapshot';
import { parseNodes } from './parse-nodes';
import { parsePods } from './parse-pods';
import { StateSeries } from './state-series';

/** What one exposition says of a cluster, and what was refused of it. */
export type ParsedCluster = {
  readonly snapshot: ClusterSnapshot;
  readonly rows: RowCounts;
  readonly dropped: { readonly [reason: string]: number };
  readonly issues: readonly Issue[];
};

/**
 * Reads an exposition of kube-state-metrics (series and labels: its `docs/metrics/cluster/node-metrics.md` and
 * `workload/pod-metrics.md`). Unix seconds become UTC ms; what cannot be believed is left out and told as an issue.
 * @throws FeedError when the exposition is of something else: it has no series `kube_…`.
 */
export function parseCluster(
  exposition: Exposition,
  { feed, receivedAt }: { feed: string; receivedAt: Instant },
): ParsedCluster {
  if (![...exposition.families.keys()].some((name) => name.startsWith('kube_'))) {
    throw new FeedError(
      'the answer holds no metric of kube-state-metrics; is this its port (8080), not its own (8081)?',
    );
  }
  const series = new StateSeries(exposition, receivedAt);
  const snapshot = { pods: parsePods(series), nodes: parseNodes(series) };
  const dropped = series.refused;
  if (exposition.badLines.length > 0) dropped['parse'] = exposition.badLines.length;
  const rejected = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return {
    snapshot,
    rows: { accepted: series.accepted, rejected },
    dropped,
    issues: [
      ...series.issues(feed),
      ...badLineIssues(feed, exposition),
      ...missingRequests(feed, { series, snapshot }),
    ],
  };
}

// The rest of a line holds annotations, and annotations may hold secrets.
const METRIC_NAME = /^[a-zA-Z_:][\w:]*(?=[{\s])/;

function badLineIssues(feed: string, { badLines }: Exposition): Issue[] {
  const [first] = badLines;
  if (first === undefined) return [];
  const { line, text, reason } = first;
  const value = METRIC_NAME.exec(text)?.[0] ?? null;
  const remedy = 'Look at this line of the answer; the other lines were read.';
  return [issueOf(feed, { code: 'bad_sample', line, value, reason, remedy, count: badLines.length })];
}

function missingRequests(
  feed: string,
  { series, snapshot }: { series: StateSeries; snapshot: ClusterSnapshot },
): Issue[] {
  if (snapshot.pods.size === 0 || series.knows('kube_pod_container_resource_requests')) return [];
  const draft = {
    code: 'missing_field' as const,
    field: 'kube_pod_container_resource_requests',
    reason: 'is missing, so nothing says which GPUs, vCPUs and memory the pods hold',
    remedy: 'Take it off the --metric-denylist of kube-state-metrics, or put it on its --metric-allowlist.',
  };
  return [issueOf(feed, draft)];
}
