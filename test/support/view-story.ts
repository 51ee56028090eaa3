import type { Issue } from '../../exporter/src/facts/issue';
import type { PublishedState, RunMetrics } from '../../exporter/src/facts/published';
import type { Run } from '../../exporter/src/facts/run';
import { HOUR_MS } from '../../exporter/src/units/interval';
import { MemoryStore } from './memory-store';
import { runMetrics } from './run-metrics';
import {
  attempt,
  chargePeriod,
  closingsOf,
  DAWN,
  HOSTILE,
  load,
  MINUTE_MS,
  publishedState,
  run,
  usage,
} from './view-estate';
import {
  BUDGETS,
  dollars,
  estimated,
  FEEDS,
  GPU_TIME,
  HOSTS,
  PRICE,
  REACH,
  ROLLUPS,
  WORKLOADS,
} from './view-story-lists';

const labels = { team: null, project: null, cost_center: null, experiment: null, model_version: null };

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
const live = attempt(LIVE, 'train/1', {
  held: { ...attempt(LIVE, 'train/1').held!, source: 'allocation' },
  confidence: 'exact',
  pod: { uid: 'f3b0c1d2-1111-4222-8333-444455556666', namespace: 'ml', name: 'train-7xk2p' },
});
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
      { holder: secondTry.key, gpus: 2, minutes: [25, 60], usage: usage({ used: 70, idle: 0, joules: null }) },
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
    shares: [{ holder: live.key, gpus: 2, minutes: [0, 30], usage: usage({ used: 40, idle: 12, joules: 900_000 }) }],
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

function metricsOf(of: Run, facts: Partial<RunMetrics>): RunMetrics {
  return runMetrics(of.key.flow, of.key.run, {
    key: of.key,
    outcome: of.outcome,
    live: of.outcome === 'running',
    endedAt: of.endedAt,
    labels: of.labels,
    user: of.user,
    runtime: of.runtime,
    variant: of.variant,
    ...facts,
  });
}

const STATE: PublishedState = publishedState({
  completeUntil: DAWN + 90 * MINUTE_MS,
  computedAt: DAWN + 90 * MINUTE_MS + 4000,
  open: OPEN,
  hosts: HOSTS,
  spend: [
    {
      host: 'node-a',
      pool: 'research',
      gpuModel: 'H100',
      kind: 'workload',
      holder: live.key,
      team: 'language',
      project: null,
      confidence: 'exact',
      perHour: dollars(800n),
    },
    {
      host: 'node-a',
      pool: 'research',
      gpuModel: 'H100',
      kind: 'unattributed',
      holder: null,
      team: null,
      perHour: dollars(200n),
    },
    {
      host: 'node-a',
      pool: 'research',
      gpuModel: 'H100',
      kind: 'idle',
      holder: null,
      team: null,
      perHour: dollars(2200n),
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
    metricsOf(TRAIN, { cost: estimated(866n), heldGpuSeconds: 7800, usedGpuSeconds: 4200 }),
    metricsOf(LIVE, {
      cost: estimated(800n),
      perHour: dollars(800n),
      expectedPerHour: dollars(750n),
      expectationBasis: 'flow',
      projected: dollars(1250n),
      expectedTotal: dollars(1000n),
      budget: dollars(2000n),
      elapsedSeconds: 3600,
      expectedSeconds: 5400,
      heldGpuSeconds: 7200,
      usedGpuSeconds: 2400,
      workloadIdleGpuSeconds: 720,
      utilization: 0.62,
      energyJoules: 900_000,
      k8sNamespace: 'ml',
    }),
    metricsOf(UNPRICED, { unpricedSeconds: 3600, heldGpuSeconds: 7200 }),
    metricsOf(CLONED, { cost: estimated(0n) }),
    metricsOf(HOSTILE_RUN, { cost: estimated(66n), heldGpuSeconds: 600 }),
  ],
  workloads: WORKLOADS,
  budgets: BUDGETS,
  reach: REACH,
  rollups: ROLLUPS,
  gpuTime: GPU_TIME,
  feeds: FEEDS,
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
