import { CHECKS, type Finding } from '../../../../exporter/src/contract/finding';
import type { Issue } from '../../../../exporter/src/facts/issue';
import type { PublishedState } from '../../../../exporter/src/facts/published';
import { MONEY_ONE } from '../../../../exporter/src/units/money';
import { allFindings } from '../../../../exporter/src/views/findings/all-findings';
import type { FindingFacts } from '../../../../exporter/src/views/findings/finding-facts';
import { endpoint, holding, issue } from '../../../support/finding-troubles';
import { runMetrics } from '../../../support/run-metrics';
import {
  feedHealth,
  HEALTHY_NOW,
  healthyFacts,
  healthyState,
  pricedHost,
  spendNow,
} from '../../../support/view-healthy';

const state = (facts: Partial<PublishedState>): Partial<FindingFacts> => ({ state: healthyState(facts) });
const issues = (...all: Issue[]): Partial<FindingFacts> => ({ issues: all });
const hidden = (field: string, flag: string): Issue =>
  issue('missing_allow_list', {
    field,
    value: 'ml/train-1',
    reason: 'carries none',
    remedy: `Start kube-state-metrics with ${flag}`,
    count: 7,
  });
const live = runMetrics('TrainFlow', '1', { live: true, outcome: 'running' });
const scraped = (intervalSeconds: number, agoSeconds: number): Partial<FindingFacts> => ({
  scrapers: [{ address: '10.0.0.7', intervalSeconds, agoSeconds }],
});

test('where nothing is amiss every check says so, in the order of the contract', () => {
  const found = allFindings(healthyFacts());
  expect(found.map(({ check }) => check)).toEqual(CHECKS.filter((name) => !/^(configuration|server)$/.test(name)));
  expect(found.filter(({ status, fix }) => status !== 'ok' || fix !== null)).toEqual([]);
});

test.each([
  ['is used', { usedGpuSeconds: 3600, workloadIdleGpuSeconds: 3600 }],
  ['was just started', { workloadIdleGpuSeconds: 899 }],
  ['has ended', { workloadIdleGpuSeconds: 7200, live: false }],
  ['was never observed', { heldGpuSeconds: 90_000 }],
])('a workload that %s is no warm endpoint', (_, facts) => {
  const found = allFindings(healthyFacts(state({ workloads: [endpoint(facts)], open: [holding(1)] })));
  expect(found.find(({ check }) => check === 'warm_endpoints')!.status).toBe('ok');
});

type Broken = readonly [
  check: Finding['check'],
  status: Finding['status'],
  what: string,
  facts: Partial<FindingFacts>,
  detail: RegExp,
  fix: RegExp,
];

const BROKEN: readonly Broken[] = [
  ['cycle', 'fail', 'no cycle for 20 min', state({ computedAt: HEALTHY_NOW - 1_200_000 }), /20 min ago/, /log/],
  ['cycle', 'warn', 'nothing closed yet', state({ completeUntil: null }), /nothing has closed/, /feed readable/],
  [
    'cycle',
    'warn',
    'no hour closed for 3 h',
    state({ completeUntil: HEALTHY_NOW - 10_800_000 }),
    /complete up to 3 h ago/,
    /feed readable/,
  ],
  ['invariants', 'fail', 'a violation', state({ invariantViolations: 2 }), /^2 violations/, /Report it/],
  [
    'invariants',
    'fail',
    'a standing violation',
    issues(issue('broken_invariant', { reason: 'Pieces do not sum.' })),
    /Pieces do not sum/,
    /Mend broken_invariant/,
  ],
  ['example_data', 'warn', 'the bundled example', state({ example: true }), /example data/, /metaflow:\n/],
  [
    'feed_failed',
    'fail',
    'a target that refuses',
    state({ feeds: [feedHealth('dcgm/node-a:9400', { up: false, error: 'ECONNREFUSED', outcome: 'failed' })] }),
    /dcgm\/node-a:9400 cannot be read: ECONNREFUSED\. It was last read 5 s ago/,
    /under feeds:/,
  ],
  [
    'feed_failed',
    'fail',
    'a feed with a remedy of its own',
    {
      ...state({ feeds: [feedHealth('blue', { up: false, error: 'EACCES' })] }),
      ...issues(issue('feed_failed', { remedy: 'chmod a+r x' })),
    },
    /EACCES/,
    /^chmod a\+r x$/,
  ],
  [
    'feed_failed',
    'warn',
    'a feed before its first poll',
    state({ feeds: [{ ...feedHealth('local', { up: false, lastSuccess: null }), outcome: undefined }] }),
    /has not been read yet/,
    /Wait/,
  ],
  ['feed_failed', 'fail', 'no feed at all', state({ feeds: [] }), /No feed is configured/, /^feeds:\n {2}metaflow:/],
  [
    'feed_empty',
    'warn',
    'an empty 200',
    state({ feeds: [feedHealth('dcgm/node-a:9400', { outcome: 'empty', lagSeconds: null })] }),
    /answers, and holds nothing/,
    /restart it/,
  ],
  [
    'feed_stale',
    'warn',
    'old facts while a run is live',
    state({ feeds: [feedHealth('local', { lagSeconds: 600 })] }),
    /local is 10 min old; usually it is 5 s/,
    /restart the source of local/,
  ],
  [
    'allow_list',
    'fail',
    'a kube-state-metrics without the annotations',
    issues(hidden('kube_pod_annotations', '--metric-annotations-allowlist=pods=[metaflow/run_id]')),
    /^ml\/train-1: carries none \(7 times\)\.$/,
    /--metric-annotations-allowlist=pods=\[metaflow\/run_id\]$/,
  ],
  [
    'allow_list',
    'warn',
    'a kube-state-metrics without the labels of nodes',
    issues(hidden('kube_node_labels', '--metric-labels-allowlist=nodes=[x]')),
    /carries none/,
    /--metric-labels-allowlist=nodes=\[x\]$/,
  ],
  [
    'gpu_telemetry',
    'warn',
    'no telemetry at all',
    state({ reach: [] }),
    /No GPU telemetry is read: the use of 8 GPUs of 1 host/,
    /dcgm:\n/,
  ],
  [
    'gpu_telemetry',
    'warn',
    'a host in the dark',
    state({ hosts: [pricedHost('node-a', 1n), pricedHost('node-b', 1n)] }),
    /sees 0 of the 8 GPUs of node-b/,
    /url: http:\/\/node-b:9400\/metrics, host: node-b/,
  ],
  [
    'gpu_telemetry',
    'warn',
    'one GPU that is not seen',
    state({ reach: [{ host: 'node-a', gpus: 8, seen: 7 }] }),
    /sees 7 of the 8 GPUs of node-a/,
    /^See which .* curl http:\/\/node-a:9400\/metrics/,
  ],
  ['gpu_hosts', 'warn', 'a host nobody knows', issues(issue('unknown_gpu_host')), /unknown_gpu_host/, /^Mend/],
  [
    'prices',
    'fail',
    'no host with a price',
    state({ hosts: [pricedHost('node-a', null)] }),
    /node-a has no price: No rate card names node-a/,
    /^rate_cards:\n {2}- name: node-a\n/,
  ],
  [
    'prices',
    'warn',
    'one host of two without a price, with what to paste',
    {
      ...state({
        hosts: [pricedHost('node-a', 1n), pricedHost('node-b', null)],
        reach: ['node-a', 'node-b'].map((name) => ({ host: name, gpus: 8, seen: 8 })),
      }),
      ...issues(issue('unpriced_host', { value: 'node-b', remedy: 'rate_cards: [b]' })),
    },
    /node-b has no price/,
    /^rate_cards: \[b\]$/,
  ],
  [
    'prices',
    'warn',
    'a time before the first price',
    issues(issue('unpriced_host', { value: 'node-a' })),
    /unpriced_host/,
    /^Mend/,
  ],
  [
    'run_resources',
    'warn',
    'an attempt that asks for nothing known',
    issues(issue('no_resources', { file: 'a/1', line: 3, count: 4 })),
    /^a\/1:3: Something .* \(4 times\)\.$/,
    /^Mend no_resources/,
  ],
  [
    'run_resources',
    'warn',
    'attempts left out',
    { unchargedAttempts: 3 },
    /^3 attempts are not charged, or only in part/,
    /holdings:\n/,
  ],
  ['run_hosts', 'warn', 'a run on an unknown host', issues(issue('unknown_host')), /unknown_host/, /^Mend/],
  ['lost_attempts', 'warn', 'silence', { lostAttempts: 1 }, /^1 attempt fell silent/, /silence: 48h/],
  [
    'unattributed_burn',
    'warn',
    'GPUs that work for nobody known',
    state({ spend: [spendNow({ kind: 'unattributed', holder: null, team: null, perHour: MONEY_ONE * 3n })] }),
    /node-a work for nobody known: 3 USD an hour/,
    /holdings:\n {2}- \{flow: <flow>, host: node-a/,
  ],
  [
    'warm_endpoints',
    'warn',
    'an endpoint that nobody asks',
    state({ workloads: [endpoint({ usedGpuSeconds: 100, workloadIdleGpuSeconds: 7200 })], open: [holding(1)] }),
    /serving\/ranker holds GPUs at 2 USD an hour and hardly uses them: 2\.0 GPU-hours idle/,
    /kubectl -n serving/,
  ],
  ['unmatched_pods', 'warn', 'a pod of no known run', issues(issue('unmatched_pod')), /unmatched_pod/, /^Mend/],
  ['clock_skew', 'warn', 'a clock that is ahead', issues(issue('clock_skew')), /clock_skew/, /^Mend/],
  ['scrape_interval', 'warn', 'no Prometheus', { scrapers: [] }, /scraped .* twice .* no alert/, /scrape_interval: 5s/],
  ['scrape_interval', 'warn', 'a Prometheus that went', scraped(15, 400), /any more/, /scrape_configs:/],
  [
    'scrape_interval',
    'warn',
    'a scrape a minute',
    scraped(60, 30),
    /every 60 s: an alert comes 88 s after its cause at worst \(scrape, feed poll 15 s, .*group wait 1 s/,
    /scrape_interval: 5s/,
  ],
  [
    'series_cap',
    'warn',
    'more runs than places',
    { maxRuns: 1, ...state({ runs: [live, runMetrics('TrainFlow', '2')] }) },
    /^2 runs for 1 places/,
    /max_runs: 4/,
  ],
  [
    'budgets',
    'warn',
    'a month over its budget',
    state({ budgets: [{ scope: 'team', name: 'vision', amount: 5n * MONEY_ONE, spent: 6n * MONEY_ONE }] }),
    /The team vision has spent 6 of 5 USD/,
    /budgets:/,
  ],
  [
    'budgets',
    'warn',
    'a live run over its budget',
    state({ runs: [{ ...live, budget: MONEY_ONE, cost: { estimated: MONEY_ONE * 2n, billed: 0n } }] }),
    /TrainFlow\/1 has spent 2 of 1 USD/,
    /flowledger explain TrainFlow\/1/,
  ],
  [
    'other_issues',
    'warn',
    'facts that were rejected',
    issues(issue('bad_json'), issue('bad_json', { value: 'b' }), issue('bad_sample')),
    /^2 × bad_json, such as:/,
    /\/api\/v1\/issues/,
  ],
];

test.each(BROKEN)('%s is %s for %s, and no other check minds', (check, status, _what, facts, detail, fix) => {
  const found = allFindings(healthyFacts(facts));
  const [first, ...more] = found.filter((finding) => finding.status !== 'ok');
  expect(first).toMatchObject({
    check,
    status,
    detail: expect.stringMatching(detail),
    fix: expect.stringMatching(fix),
  });
  expect(more.filter((other) => other.check !== check)).toEqual([]);
});

test('every check of the table is broken at least once', () => {
  const broken = new Set(BROKEN.map(([check]) => check));
  expect(CHECKS.filter((check) => !broken.has(check))).toEqual(['configuration', 'server']);
});
