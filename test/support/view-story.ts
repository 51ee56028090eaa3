import type { Issue } from '../../exporter/src/facts/issue';
import type { PublishedState, RunMetrics } from '../../exporter/src/facts/published';
import type { Run } from '../../exporter/src/facts/run';
import { HOUR_MS } from '../../exporter/src/units/interval';
import { MONEY_ONE } from '../../exporter/src/units/money';
import { nanoGpusFromGpus } from '../../exporter/src/units/quantity';
import { MemoryStore } from './memory-store';
import {
  attempt,
  chargePeriod,
  closingsOf,
  DAWN,
  host,
  HOSTILE,
  load,
  MINUTE_MS,
  publishedState,
  run,
} from './view-estate';

const labels = { team: null, project: null, cost_center: null, experiment: null, model_version: null };
const PRICE = 32n * MONEY_ONE;

/** A finished run with a failed attempt and its retry; also in a second deployment. */
export const TRAIN = run('TrainFlow/100', {
  labels: { ...labels, team: 'vision', experiment: 'sweep-1' },
  tags: ['team:vision', 'nightly'],
  systemTags: ['user:ada'],
  variant: { id: 'v-1', method: 'tag' },
  config: { train: { lr: 0.1, layers: [1, 2] } },
});
export const TWIN = run('TrainFlow/100', { deployment: 'staging', startedAt: DAWN - HOUR_MS, endedAt: DAWN });
/** A run that is still going: one closed hour and half an open one. */
export const LIVE = run('TrainFlow/101', {
  startedAt: DAWN + 30 * MINUTE_MS,
  endedAt: null,
  outcome: 'running',
  labels: { ...labels, team: 'language', experiment: 'sweep-1' },
});
/** A run on a host without a price. */
export const UNPRICED = run('EvalFlow/7', { labels: { ...labels, team: 'vision' } });
/** A resumed run that only cloned. */
export const CLONED = run('TrainFlow/102');
/** A run of which nothing says what it held. */
export const UNTOLD = run('MysteryFlow/1', { gaps: { unchargedAttempts: 1, lostAttempts: 0 } });
/** A run whose attempt fell silent. */
export const LOST = run('LostFlow/1', { outcome: 'lost', gaps: { unchargedAttempts: 0, lostAttempts: 1 } });
/** A run with a name that attacks. */
export const HOSTILE_RUN: Run = {
  ...run('x/y', { startedAt: DAWN - 2 * HOUR_MS }),
  key: { deployment: 'prod', flow: HOSTILE, run: HOSTILE },
};

const RUNS = [TRAIN, TWIN, LIVE, UNPRICED, CLONED, UNTOLD, LOST, HOSTILE_RUN];

const firstTry = attempt(TRAIN, 'train/2/0', { outcome: 'failed', end: DAWN + 20 * MINUTE_MS });
const secondTry = attempt(TRAIN, 'train/2/1', { start: DAWN + 25 * MINUTE_MS });
const evaluated = attempt(TRAIN, 'evaluate/3', { start: DAWN + 40 * MINUTE_MS });
const live = attempt(LIVE, 'train/1');
const unpriced = attempt(UNPRICED, 'score/1', { hosts: ['node-b'] });
const cloned = attempt(CLONED, 'train/1', { isClone: true, hosts: [] });
const untold = attempt(UNTOLD, 'start/1', { held: null, hosts: [], confidence: 'none' });
const lost = attempt(LOST, 'train/1', { outcome: 'lost', endSource: 'last_record' });
const hostile = attempt(HOSTILE_RUN, 'x/1', { start: DAWN, end: DAWN + 10 * MINUTE_MS });

const nodeA = { host: 'node-a', gpus: 8, perHour: PRICE };
const nodeB = { host: 'node-b', gpus: 4, perHour: null };

const CLOSED = [
  chargePeriod({
    ...nodeA,
    start: DAWN,
    end: DAWN + HOUR_MS,
    shares: [
      { holder: firstTry.key, gpus: 2, minutes: [0, 20] },
      { holder: secondTry.key, gpus: 2, minutes: [25, 60] },
      { holder: evaluated.key, gpus: 1, minutes: [40, 60] },
      { holder: live.key, gpus: 2, minutes: [30, 60] },
      { holder: lost.key, gpus: 1, minutes: [0, 60] },
      { holder: hostile.key, gpus: 1, minutes: [0, 10] },
    ],
  }),
  chargePeriod({
    ...nodeB,
    start: DAWN,
    end: DAWN + HOUR_MS,
    shares: [{ holder: unpriced.key, gpus: 2, minutes: [0, 60] }],
  }),
];

const OPEN = [
  chargePeriod({
    ...nodeA,
    start: DAWN + HOUR_MS,
    end: DAWN + 2 * HOUR_MS - 30 * MINUTE_MS,
    shares: [{ holder: live.key, gpus: 2, minutes: [0, 30] }],
  }),
  chargePeriod({ ...nodeB, start: DAWN + HOUR_MS, end: DAWN + 2 * HOUR_MS - 30 * MINUTE_MS, shares: [] }),
];

const ISSUE: Issue = {
  code: 'unpriced_host',
  feed: 'prices',
  file: null,
  line: null,
  column: null,
  field: 'rate_cards',
  value: 'node-b',
  reason: 'No rate card names node-b.',
  remedy: 'rate_cards:\n  - name: node-b price\n    applies_to:\n      host: node-b\n    price_per_hour: <price>\n',
  count: 1,
};

/** Issues that the store keeps; the first is also one of the last cycle's. */
export const STORED_ISSUES: readonly Issue[] = [
  ISSUE,
  ...[1, 2, 3].map((line) => ({
    ...ISSUE,
    code: 'bad_json' as const,
    feed: 'local',
    file: 'a.json',
    line,
    field: null,
    value: HOSTILE,
  })),
];

const PRICES = {
  'node-a': {
    rung: 'rate_card',
    perHour: PRICE,
    rateCard: 'on-prem',
    explanation: 'Rate card on-prem: 32 $/h for the host.',
  },
  'node-b': { rung: 'unpriced', perHour: null, rateCard: null, explanation: 'No rate card names node-b.' },
  'node-c': { rung: 'list', perHour: 3n * MONEY_ONE, rateCard: null, explanation: 'List price of m5.large.' },
} as const;

function pricedHost(name: keyof typeof PRICES, gpus: number) {
  const facts = {
    gpus: nanoGpusFromGpus(gpus),
    gpuModel: gpus > 0 ? 'H100' : null,
    pool: 'research',
    provider: 'on-prem',
  };
  return { host: host(name, facts), price: { host: name, start: null, end: null, ...PRICES[name] } };
}

function metricsOf(of: Run, facts: Partial<RunMetrics>): RunMetrics {
  return {
    key: of.key,
    outcome: of.outcome,
    live: of.outcome === 'running',
    endedAt: of.endedAt,
    cost: null,
    perHour: null,
    expectedPerHour: null,
    expectationBasis: null,
    heldGpuSeconds: 0,
    unpricedSeconds: 0,
    labels: of.labels,
    user: of.user,
    runtime: of.runtime,
    variant: of.variant,
    ...facts,
  };
}

const dollars = (cents: bigint): bigint => (cents * MONEY_ONE) / 100n;
const estimated = (cents: bigint) => ({ estimated: dollars(cents), billed: 0n });

const STATE: PublishedState = publishedState({
  completeUntil: DAWN + 90 * MINUTE_MS,
  computedAt: DAWN + 90 * MINUTE_MS + 4000,
  open: OPEN,
  hosts: [pricedHost('node-b', 4), pricedHost('node-a', 8), pricedHost('node-c', 0)],
  spend: [
    {
      host: 'node-a',
      pool: 'research',
      gpuModel: 'H100',
      kind: 'workload',
      holder: live.key,
      team: 'language',
      perHour: dollars(800n),
    },
    {
      host: 'node-a',
      pool: 'research',
      gpuModel: 'H100',
      kind: 'idle',
      holder: null,
      team: null,
      perHour: dollars(2400n),
    },
    {
      host: 'node-c',
      pool: 'research',
      gpuModel: null,
      kind: 'idle',
      holder: null,
      team: null,
      perHour: dollars(300n),
    },
  ],
  runs: [
    metricsOf(TRAIN, { cost: estimated(866n), heldGpuSeconds: 7800 }),
    metricsOf(LIVE, {
      cost: estimated(800n),
      perHour: dollars(800n),
      expectedPerHour: dollars(750n),
      expectationBasis: 'flow',
      heldGpuSeconds: 7200,
    }),
    metricsOf(UNPRICED, { unpricedSeconds: 3600, heldGpuSeconds: 7200 }),
    metricsOf(CLONED, { cost: estimated(0n) }),
    metricsOf(HOSTILE_RUN, { cost: estimated(66n), heldGpuSeconds: 600 }),
  ],
  rollups: [
    { dimension: 'flow', deployment: 'prod', flow: 'TrainFlow', value: 'TrainFlow', cost: estimated(1666n), runs: 2 },
    { dimension: 'step', deployment: 'prod', flow: 'TrainFlow', value: 'train', cost: estimated(1533n), runs: 2 },
    { dimension: 'team', deployment: 'prod', flow: 'TrainFlow', value: 'vision', cost: estimated(866n), runs: 1 },
    { dimension: 'team', deployment: 'prod', flow: 'EvalFlow', value: 'vision', cost: estimated(1n), runs: 1 },
    { dimension: 'team', deployment: 'prod', flow: 'TrainFlow', value: null, cost: estimated(5n), runs: 1 },
    {
      dimension: 'experiment',
      deployment: 'prod',
      flow: 'TrainFlow',
      value: 'sweep-1',
      cost: estimated(1666n),
      runs: 2,
    },
    {
      dimension: 'config_variant',
      deployment: 'prod',
      flow: 'TrainFlow',
      value: 'v-1',
      cost: estimated(866n),
      runs: 1,
    },
    {
      dimension: 'model_version',
      deployment: 'prod',
      flow: 'TrainFlow',
      value: 'bert-2',
      cost: estimated(866n),
      runs: 1,
    },
  ],
  gpuTime: [
    { state: 'unobserved', cause: null, team: 'vision', pool: 'research', gpuModel: 'H100', gpuSeconds: 7800 },
    { state: 'idle', cause: 'beside_work', team: null, pool: 'research', gpuModel: 'H100', gpuSeconds: 12_000.5 },
  ],
  feeds: [
    {
      feed: 'local',
      up: true,
      lastSuccess: DAWN + 90 * MINUTE_MS,
      lagSeconds: 12.5,
      rows: { accepted: 1200, rejected: 3 },
      durationSeconds: 0.25,
      error: null,
    },
    {
      feed: 'service',
      up: false,
      lastSuccess: null,
      lagSeconds: null,
      rows: { accepted: 0, rejected: 0 },
      durationSeconds: 5,
      error: 'connect ECONNREFUSED 10.0.0.5:8080',
    },
  ],
  issues: [ISSUE],
});

/** A small estate with every kind of run, its store, and what a cycle published of it. */
export async function viewStory(): Promise<{ store: MemoryStore; state: PublishedState }> {
  const store = new MemoryStore();
  const { loadId } = await store.publish(
    load('story', {
      runs: RUNS,
      attempts: [firstTry, secondTry, evaluated, live, unpriced, cloned, untold, lost, hostile],
      closings: closingsOf(CLOSED),
      issues: STORED_ISSUES,
    }),
  );
  return { store, state: { ...STATE, asOf: loadId } };
}
