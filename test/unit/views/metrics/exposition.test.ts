import fc from 'fast-check';
import { Gauge, Registry } from 'prom-client';
import { metrics } from '../../../../exporter/src/contract/metrics';
import type { PublishedState, RunMetrics } from '../../../../exporter/src/facts/published';
import { DEFAULT_LIMITS, Exposition } from '../../../../exporter/src/views/metrics/exposition';
import { expositionText } from '../../../../exporter/src/views/metrics/exposition-text';
import { bindFamily } from '../../../../exporter/src/views/metrics/family';
import { runMetrics, workloadMetrics } from '../../../support/run-metrics';
import { DAWN, publishedState } from '../../../support/view-estate';
import { feedHealth } from '../../../support/view-healthy';

const BUILD = { version: '1', revision: 'r', example: false };
const DAY_MS = 86_400_000;
const render = (state: PublishedState, limits = DEFAULT_LIMITS): string =>
  new Exposition(limits).scrape(state, BUILD).toString();
const priced = (facts: Partial<RunMetrics>, id = '1'): RunMetrics =>
  runMetrics('Flow', id, { cost: { estimated: 1n, billed: 0n }, ...facts });

test('the text is what prom-client prints of the same samples', async () => {
  const values = ['plain', 'with "quotes"', 'back\\slash', 'naïve 🚀', ''];
  const numbers = [0, 1, -1.5, 1e-12, 1e25, 0.1 + 0.2, 1795239000];
  const samples = values.flatMap((feed, index) => [{ labels: { feed: `${feed}${index}` }, value: numbers[index]! }]);
  const registry = new Registry();
  const { name, help } = metrics.feedUp;
  const gauge = new Gauge({ name, help, labelNames: ['feed'], registers: [registry] });
  for (const { labels, value } of samples) gauge.set(labels, value);
  expect(expositionText([bindFamily(metrics.feedUp, (_source: object) => samples)], {}).toString()).toBe(
    await registry.metrics(),
  );
});

test('seconds are printed to the millisecond, without what sums of floats leave behind', () => {
  const feeds = [feedHealth('local', { lagSeconds: 688_130.1739999999, durationSeconds: 0.83 + 1e-16 })];
  const runs = [runMetrics('Flow', '1', { heldGpuSeconds: 0.1 + 0.2, usedGpuSeconds: 0.1 })];
  const text = render(publishedState({ feeds, runs }));
  expect(text).toContain('flowledger_feed_lag_seconds{feed="local"} 688130.174\n');
  expect(text).toContain('flowledger_feed_duration_seconds{feed="local"} 0.83\n');
  expect(text).toMatch(/^metaflow_run_gpu_seconds\{.*state="unobserved"\} 0\.2$/m);
});

test('a workload that is over and never held anything is not shown', () => {
  const free = { estimated: 0n, billed: 0n };
  const workloads = [
    workloadMetrics('ns', 'retracted', { cost: free }),
    workloadMetrics('ns', 'unplaced', { cost: null }),
    workloadMetrics('ns', 'starting', { cost: free, live: true }),
    workloadMetrics('ns', 'gpus', { cost: null, heldGpuSeconds: 1 }),
    workloadMetrics('ns', 'vcpus', { cost: { estimated: 1n, billed: 0n } }),
  ];
  const names = [...render(publishedState({ workloads })).matchAll(/gpu_seconds\{.*workload="(\w+)".*state="used"/g)];
  expect(names.map(([, name]) => name)).toEqual(['starting', 'gpus', 'vcpus']);
});

test('an unknown is absent, never 0', () => {
  const state = publishedState({ completeUntil: null, runs: [runMetrics('Flow', '1', { heldGpuSeconds: 5 })] });
  const text = render(state);
  expect(text).not.toMatch(/metaflow_run_cost|per_hour|complete_until|unpriced|gpu_hour_rate/);
  expect(text).toContain('metaflow_run_gpu_seconds{deployment="prod",flow="Flow",run_id="1",state="unobserved"} 5\n');
});

test('both bases are there wherever a cost is known', () => {
  const lines = render(publishedState({ runs: [priced({ cost: { estimated: 0n, billed: 0n } })] })).split('\n');
  const labels = 'deployment="prod",flow="Flow",run_id="1"';
  expect(lines).toEqual(
    expect.arrayContaining([
      `metaflow_run_cost_dollars{${labels},basis="estimated"} 0`,
      `metaflow_run_cost_dollars{${labels},basis="billed"} 0`,
    ]),
  );
});

test('a finished run stays for ten days, a live one for ever', () => {
  const ended = (days: number, id: string) => priced({ endedAt: DAWN - days * DAY_MS }, id);
  const runs = [ended(10, 'ten'), ended(10.001, 'older'), priced({ live: true, endedAt: DAWN - 30 * DAY_MS }, 'live')];
  const shown = [
    ...render(publishedState({ computedAt: DAWN, runs })).matchAll(
      /run_cost_dollars\{.*run_id="(\w+)",basis="billed"/g,
    ),
  ];
  expect(shown.map(([, id]) => id)).toEqual(['ten', 'live']);
});

test('folded runs are one sum for their flow, and have no info of their own', () => {
  const runs = ['1', '2', '3'].map((id) => priced({ cost: { estimated: BigInt(id) * 10n ** 12n, billed: 0n } }, id));
  const text = render(publishedState({ runs }), { maxRuns: 1, finishedTtlMs: DAY_MS });
  expect(text).toContain('run_cost_dollars{deployment="prod",flow="Flow",run_id="_overflow",basis="estimated"} 3\n');
  expect(text).toContain('flowledger_runs_folded 2\n');
  expect(text.match(/^metaflow_run_info\{.*$/gm)).toHaveLength(1);
});

test('a ledger in another currency exports nothing in dollars', () => {
  const outlook = { projected: 1n, expectedTotal: 1n, budget: 1n, elapsedSeconds: 1 };
  const runs = [priced({ live: true, perHour: 1n, expectedPerHour: 1n, unpricedSeconds: 1, ...outlook })];
  const workloads = [workloadMetrics('serving', 'bert', { cost: { estimated: 1n, billed: 0n }, perHour: 1n })];
  const budgets = [{ scope: 'team', name: 'vision', amount: 1n, spent: 1n } as const];
  const text = render(publishedState({ currency: 'EUR', runs, workloads, budgets }));
  expect(text).not.toMatch(/dollars|gpu_hour_rate/);
  for (const name of ['run_unpriced_seconds', 'run_elapsed_seconds', 'workload_gpu_seconds'])
    expect(text).toContain(name);
});

test('what is said of live runs is not said of ended ones', () => {
  const told = {
    projected: 1n,
    expectedTotal: 1n,
    budget: 1n,
    elapsedSeconds: 1,
    expectedSeconds: 1,
    utilization: 0.5,
  };
  const families = /metaflow_run_(projected|expected|budget|elapsed|gpu_utilization)\w*\{/g;
  const shown = (live: boolean) => render(publishedState({ runs: [priced({ live, ...told })] })).match(families) ?? [];
  expect([shown(true).length, shown(false).length]).toEqual([6, 0]);
});

test('a utilization of 0 is shown, and one that nothing observes is absent', () => {
  const runs = [priced({ live: true, utilization: 0 }, 'idle'), priced({ live: true, utilization: null }, 'dark')];
  const text = render(publishedState({ runs }));
  expect(text.match(/^metaflow_run_gpu_utilization_ratio\{.*$/gm)).toEqual([
    'metaflow_run_gpu_utilization_ratio{deployment="prod",flow="Flow",run_id="idle"} 0',
  ]);
});

test('what has no flow is in no metaflow family', () => {
  const none = { ...priced({ live: true, perHour: 1n }), key: { deployment: 'blue', flow: '', run: 'serving/bert' } };
  const cost = { estimated: 1n, billed: 0n };
  const rollup = { dimension: 'team', deployment: 'blue', flow: '', value: 'search', cost, runs: 0 } as const;
  const text = render(publishedState({ runs: [none], rollups: [rollup] }));
  expect(text).not.toContain('metaflow_');
  expect(text).toContain('flowledger_runs_folded 0\n');
});

test('law: the states of held GPU time add up to it, of runs, of workloads and of what folds', () => {
  const seconds = fc.tuple(fc.nat(10 ** 9), fc.nat(10 ** 9), fc.nat(10 ** 9)).map(([used, idle, rest]) => ({
    usedGpuSeconds: used / 1000,
    workloadIdleGpuSeconds: idle / 1000,
    heldGpuSeconds: (used + idle + rest) / 1000,
  }));
  fc.assert(
    fc.property(fc.array(seconds, { maxLength: 6 }), fc.nat(4), (times, maxRuns) => {
      const runs = times.map((time, index) => priced({ ...time }, String(index)));
      const workloads = times.map((time, index) => workloadMetrics('ns', String(index), time));
      const text = render(publishedState({ runs, workloads }), { maxRuns, finishedTtlMs: DAY_MS });
      const held = times.reduce((sum, time) => sum + time.heldGpuSeconds, 0);
      for (const family of ['metaflow_run_gpu_seconds', 'flowledger_workload_gpu_seconds']) {
        const values = [...text.matchAll(new RegExp(`^${family}\\{.* (\\S+)$`, 'gm'))].map(([, value]) =>
          Number(value),
        );
        expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(held, 3);
      }
    }),
  );
});

test('folded workloads are one sum for their cluster and team', () => {
  const cost = (cents: bigint) => ({ estimated: cents * 10n ** 10n, billed: 0n });
  const workloads = [
    workloadMetrics('a', 'dear', { team: 'x', cost: cost(900n) }),
    workloadMetrics('a', 'cheap', { team: 'x', cost: cost(100n), perHour: 10n ** 12n }),
    workloadMetrics('b', 'cheaper', { team: 'x', cost: cost(50n) }),
    workloadMetrics('b', 'live', { live: true, utilization: 0.5 }),
    workloadMetrics('b', '_overflow', { team: 'y', cost: cost(1n) }),
  ];
  const text = render(publishedState({ workloads }), { maxRuns: 2, finishedTtlMs: DAY_MS });
  const costs = [...text.matchAll(/^flowledger_workload_cost_dollars\{(.*),basis="estimated"\} (.*)$/gm)];
  const folded = 'deployment="blue",workload="_overflow",k8s_namespace=""';
  expect(costs.map(([, labels, value]) => [labels, value])).toEqual([
    ['deployment="blue",workload="dear",k8s_namespace="a",team="x",model_version=""', '9'],
    [`${folded},team="x",model_version=""`, '1.5'],
    [`${folded},team="y",model_version=""`, '0.01'],
  ]);
  expect(text).toContain(`flowledger_workload_cost_dollars_per_hour{${folded},team="x",model_version=""} 1\n`);
  expect(text).toContain('flowledger_workloads_folded 3\n');
});

test('a feed before its first poll is in no state, and after it in exactly one', () => {
  const unread = { ...feedHealth('new', { up: false, lastSuccess: null }), outcome: undefined as never };
  const text = render(publishedState({ feeds: [unread, feedHealth('local', { outcome: 'empty' })] }));
  expect(text.match(/^flowledger_feed_state\{.*$/gm)).toEqual([
    'flowledger_feed_state{feed="local",state="ok"} 0',
    'flowledger_feed_state{feed="local",state="empty"} 1',
    'flowledger_feed_state{feed="local",state="failed"} 0',
  ]);
});

test('hosts without a price or without GPUs have no rate', () => {
  const text = render(publishedState({ hosts: [] }));
  expect(text).not.toContain('gpu_hour_rate');
});

test('a published state is rendered once, and every scrape of it is answered from memory', () => {
  let reads = 0;
  const state = publishedState();
  Object.defineProperty(state, 'feeds', { get: () => ((reads += 1), []) });
  const exposition = new Exposition(DEFAULT_LIMITS);
  const texts = [1, 2, 3].map(() => exposition.scrape(state, BUILD).toString());
  const readsOfOne = reads;
  exposition.scrape(state, BUILD);
  expect(new Set(texts).size).toBe(1);
  expect([readsOfOne > 0, reads]).toEqual([true, readsOfOne]);
});

test('50,000 series are rendered, and the time it took is printed', () => {
  const runs = Array.from({ length: 8334 }, (_, index) =>
    priced(
      {
        perHour: 10n ** 12n,
        expectedPerHour: 10n ** 12n,
        live: true,
        cost: { estimated: BigInt(index) * 10n ** 9n, billed: 0n },
      },
      String(index),
    ),
  );
  const exposition = new Exposition({ maxRuns: 10_000, finishedTtlMs: DAY_MS });
  for (const _warmUp of [1, 2, 3]) exposition.scrape(publishedState({ runs }), BUILD);
  const started = performance.now();
  const bytes = exposition.scrape(publishedState({ runs }), BUILD);
  const milliseconds = Math.round(performance.now() - started);
  const series = bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')).length;
  process.stdout.write(`/metrics: ${series} series rendered in ${milliseconds} ms (goal 250 ms)\n`);
  expect(series).toBeGreaterThan(50_000);
});
