import { Gauge, Registry } from 'prom-client';
import { metrics } from '../../../../exporter/src/contract/metrics';
import type { PublishedState, RunMetrics } from '../../../../exporter/src/facts/published';
import { DEFAULT_LIMITS, Exposition } from '../../../../exporter/src/views/metrics/exposition';
import { expositionText } from '../../../../exporter/src/views/metrics/exposition-text';
import { bindFamily } from '../../../../exporter/src/views/metrics/family';
import { runMetrics } from '../../../support/run-metrics';
import { DAWN, publishedState } from '../../../support/view-estate';

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
  const { name, help } = metrics.feedLag;
  const gauge = new Gauge({ name, help, labelNames: ['feed'], registers: [registry] });
  for (const { labels, value } of samples) gauge.set(labels, value);
  expect(expositionText([bindFamily(metrics.feedLag, (_source: object) => samples)], {}).toString()).toBe(
    await registry.metrics(),
  );
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
  const runs = [priced({ perHour: 1n, expectedPerHour: 1n, unpricedSeconds: 1 })];
  const text = render(publishedState({ currency: 'EUR', runs }));
  expect(text).not.toMatch(/dollars|gpu_hour_rate/);
  expect(text).toContain('metaflow_run_unpriced_seconds');
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
