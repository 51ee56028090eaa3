import type { PricedHost, PublishedState } from '../../../../exporter/src/facts/published';
import { allFindings } from '../../../../exporter/src/views/findings/all-findings';
import type { FindingFacts } from '../../../../exporter/src/views/findings/finding-facts';
import { endpoint, holding, issue } from '../../../support/finding-troubles';
import { HEALTHY_NOW, healthyFacts, healthyState, pricedHost } from '../../../support/view-healthy';

const state = (facts: Partial<PublishedState>): Partial<FindingFacts> => ({ state: healthyState(facts) });

test.each([
  [1 / 7, 128, 'ok'],
  [1 / 7, 129, 'warn'],
  [1, 899, 'ok'],
  [1, 900, 'warn'],
  [8, 7199, 'ok'],
  [8, 7200, 'warn'],
])('an endpoint with %d GPUs is warm after 15 min of all of them: %d GPU-seconds, %s', (gpus, idle, status) => {
  const workloads = [endpoint({ workloadIdleGpuSeconds: idle })];
  for (const open of [[holding(gpus)], [holding(gpus, [20, 30])]]) {
    const found = allFindings(healthyFacts(state({ workloads, open })));
    expect(found.find(({ check }) => check === 'warm_endpoints')!.status).toBe(status);
  }
});

test('hosts that have ended are neither priced nor unpriced', () => {
  const ended = (name: string, perHour: bigint | null): PricedHost => {
    const { host, price } = pricedHost(name, perHour);
    return { host: { ...host, to: HEALTHY_NOW - 3_600_000 }, price };
  };
  const hosts = [pricedHost('node-a', 1n), ended('old-a', 1n), ended('old-b', null)];
  const found = allFindings(healthyFacts(state({ hosts })));
  expect(found.filter(({ check }) => check === 'prices')).toMatchObject([{ status: 'ok', detail: '1 host priced.' }]);
});

test.each(['no_host', 'unknown_host', 'held_outside_host'] as const)(
  'attempts that lack a host (%s) are not said to lack what they held',
  (code) => {
    const found = allFindings(healthyFacts({ unchargedAttempts: 7, issues: [issue(code)] }));
    expect(found.filter(({ status }) => status !== 'ok').map(({ check }) => check)).toEqual(['run_hosts']);
    expect(found.find(({ check }) => check === 'run_resources')!.detail).toMatch(/run_hosts says what is not charged/);
  },
);
