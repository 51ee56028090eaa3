import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../../../../exporter/src/config';
import { type Issue, NOWHERE } from '../../../../exporter/src/facts/issue';
import { allFindings } from '../../../../exporter/src/views/findings/all-findings';
import { feedHealth, healthyFacts, healthyState } from '../../../support/view-healthy';

const scraped = (intervalSeconds: number, agoSeconds: number) => ({
  scrapers: [{ address: '10.0.0.7', intervalSeconds, agoSeconds }],
});

test.each([
  [5, 33],
  [15, 43],
  [32, 60],
])('a scrape every %d s is well: an alert comes within %d s', (interval, worst) => {
  const [finding] = allFindings(healthyFacts(scraped(interval, 1))).filter(({ check }) => check === 'scrape_interval');
  expect(finding).toMatchObject({ status: 'ok', detail: expect.stringContaining(` ${worst} s after its cause`) });
});

test('the fastest of several scrapers counts, and one that went does not', () => {
  const scrapers = [
    { address: 'a', intervalSeconds: 5, agoSeconds: 9000 },
    { address: 'b', intervalSeconds: 30, agoSeconds: 4 },
    { address: 'c', intervalSeconds: 300, agoSeconds: 4 },
  ];
  const [finding] = allFindings(healthyFacts({ scrapers })).filter(({ check }) => check === 'scrape_interval');
  expect(finding).toMatchObject({ status: 'ok', detail: expect.stringMatching(/every 30 s.* 58 s after/) });
});

test('old facts are normal while nothing is live', () => {
  const feeds = [feedHealth('local', { lagSeconds: 90_000 })];
  const found = allFindings(healthyFacts({ state: healthyState({ feeds, runs: [] }) }));
  expect(found.filter(({ status }) => status !== 'ok')).toEqual([]);
});

test('beyond ten troubles of a kind their number is told, failed ones first', () => {
  const feeds = Array.from({ length: 250 }, (_, index) =>
    feedHealth(`dcgm/n${index}`, { up: false, error: 'ETIMEDOUT', outcome: 'failed' }),
  );
  const waiting = feedHealth('local', { up: false, lastSuccess: null });
  const unread = { ...waiting, outcome: undefined as never };
  const found = allFindings(healthyFacts({ state: healthyState({ feeds: [unread, ...feeds] }) }));
  const failed = found.filter(({ check }) => check === 'feed_failed');
  expect(failed).toHaveLength(11);
  expect(failed.slice(0, 10).every(({ status }) => status === 'fail')).toBe(true);
  expect(failed[10]).toMatchObject({ status: 'fail', detail: 'And 241 more of the same kind.' });
});

test('issues that read the same are told once, with how often; another place is another finding', () => {
  const beat = { ...NOWHERE, code: 'clock_skew', feed: 'service', reason: 'Ahead.', remedy: 'Set the clock.' } as const;
  const issues = [1, 2, 3].map((value): Issue => ({ ...beat, file: '/runs/1', value: String(value) }));
  const found = allFindings(healthyFacts({ issues: [...issues, { ...beat, file: '/runs/2', value: '1' }] }));
  expect(found.filter(({ check }) => check === 'clock_skew').map(({ detail }) => detail)).toEqual([
    '/runs/1: Ahead (3 times).',
    '/runs/2: Ahead.',
  ]);
});

test.each([
  ['gpu_telemetry', { state: healthyState({ reach: [] }) }],
  ['series_cap', { maxRuns: 0 }],
  ['example_data', { state: healthyState({ example: true }) }],
  ['feed_failed', { state: healthyState({ feeds: [] }) }],
] as const)('what %s gives to paste is a configuration without faults', (check, facts) => {
  const { fix } = allFindings(healthyFacts(facts)).find((one) => one.check === check && one.status !== 'ok')!;
  const text = fix!.slice(fix!.search(/^(feeds|metrics):/m));
  expect(loadConfig({ text, env: {} }).faults).toEqual([]);
});

test('the waits that are told as shipped are the shipped ones', () => {
  const shipped = (path: string): any => parse(readFileSync(join(__dirname, '../../../../provisioning', path), 'utf8'));
  const [finding] = allFindings(healthyFacts(scraped(5, 1))).filter(({ check }) => check === 'scrape_interval');
  const evaluation: string = shipped('prometheus/prometheus.yml').global.evaluation_interval;
  const groupWait: string = shipped('alertmanager/alertmanager.yml').route.routes[0].group_wait;
  expect(finding!.detail).toContain(`rule evaluation ${evaluation.replace('s', ' s')}`);
  expect(finding!.detail).toContain(`group wait ${groupWait.replace('s', ' s')}`);
  const feed = '{name: blue, type: kube-state-metrics, deployment: local, targets: [ksm:8080]}';
  const local = '{name: local, type: local, path: /metaflow}';
  const { config } = loadConfig({ text: `feeds:\n  metaflow: [${local}]\n  kubernetes: [${feed}]`, env: {} });
  expect(finding!.detail).toContain(`feed poll ${config!.feeds.kubernetes[0]!.scrape.intervalMs / 1000} s`);
});
