import type {
  BudgetNow,
  FeedHealth,
  GpuTimeTotal,
  PricedHost,
  Rollup,
  TelemetryReach,
  WorkloadMetrics,
} from '../../exporter/src/facts/published';
import { MONEY_ONE } from '../../exporter/src/units/money';
import { nanoGpusFromGpus } from '../../exporter/src/units/quantity';
import { workloadMetrics } from './run-metrics';
import { DAWN, host, MINUTE_MS } from './view-estate';

/** What node-a costs an hour. */
export const PRICE = 32n * MONEY_ONE;

/** Cents as an amount. */
export const dollars = (cents: bigint): bigint => (cents * MONEY_ONE) / 100n;
/** Cents as an estimated cost. */
export const estimated = (cents: bigint) => ({ estimated: dollars(cents), billed: 0n });

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

/** One priced host, one without a price, one without GPUs. */
export const HOSTS: readonly PricedHost[] = [pricedHost('node-b', 4), pricedHost('node-a', 8), pricedHost('node-c', 0)];

/** A warm endpoint, and a notebook that is gone and was never priced. */
export const WORKLOADS: readonly WorkloadMetrics[] = [
  workloadMetrics('serving', 'bert-endpoint', {
    team: 'search',
    modelVersion: 'bert-2',
    live: true,
    cost: estimated(420n),
    perHour: dollars(150n),
    heldGpuSeconds: 10_800,
    usedGpuSeconds: 3600,
    workloadIdleGpuSeconds: 7000,
    utilization: 0.05,
  }),
  workloadMetrics('notebooks', 'ada-0', { heldGpuSeconds: 600 }),
];

/** One exceeded, one not. */
export const BUDGETS: readonly BudgetNow[] = [
  { scope: 'team', name: 'vision', amount: dollars(800n), spent: dollars(867n) },
  { scope: 'all', name: '', amount: dollars(10_000n), spent: dollars(2134n) },
];

/** One host is seen whole, one not at all. */
export const REACH: readonly TelemetryReach[] = [
  { host: 'node-a', gpus: 8, seen: 8 },
  { host: 'node-b', gpus: 4, seen: 0 },
];

/** Month-to-date cost by every dimension. */
export const ROLLUPS: readonly Rollup[] = [
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
];

/** GPU time since the ledger began. */
export const GPU_TIME: readonly GpuTimeTotal[] = [
  { state: 'used', cause: null, team: 'vision', pool: 'research', gpuModel: 'H100', gpuSeconds: 4200 },
  { state: 'workload_idle', cause: null, team: 'vision', pool: 'research', gpuModel: 'H100', gpuSeconds: 60 },
  { state: 'unobserved', cause: null, team: 'vision', pool: 'research', gpuModel: 'H100', gpuSeconds: 7800 },
  { state: 'idle', cause: 'beside_work', team: null, pool: 'research', gpuModel: 'H100', gpuSeconds: 12_000.5 },
];

/** One feed that is well, one that is empty, one that fails. */
export const FEEDS: readonly FeedHealth[] = [
  {
    feed: 'local',
    up: true,
    lastSuccess: DAWN + 90 * MINUTE_MS,
    lagSeconds: 12.5,
    rows: { accepted: 1200, rejected: 3 },
    durationSeconds: 0.25,
    error: null,
    outcome: 'ok',
  },
  {
    feed: 'dcgm/node-b:9400',
    up: true,
    lastSuccess: DAWN + 90 * MINUTE_MS,
    lagSeconds: null,
    rows: { accepted: 0, rejected: 4 },
    durationSeconds: 0.01,
    error: null,
    outcome: 'empty',
    dropped: { sentinel: 3, nan: 1 },
  },
  {
    feed: 'service',
    up: false,
    lastSuccess: null,
    lagSeconds: null,
    rows: { accepted: 0, rejected: 0 },
    durationSeconds: 5,
    error: 'connect ECONNREFUSED 10.0.0.5:8080',
    outcome: 'failed',
  },
];
