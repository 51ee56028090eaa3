import type { FindingFacts } from '../../exporter/src/views/findings/finding-facts';
import type { FeedHealth, PricedHost, PublishedState, SpendNow } from '../../exporter/src/facts/published';
import { MONEY_ONE } from '../../exporter/src/units/money';
import { nanoGpusFromGpus } from '../../exporter/src/units/quantity';
import { runMetrics } from './run-metrics';
import { attempt, DAWN, host, MINUTE_MS, publishedState, run } from './view-estate';

/** When the healthy estate is looked at. */
export const HEALTHY_NOW = DAWN + 90 * MINUTE_MS + 5000;

/** A run that is going on. */
export const GOING = run('TrainFlow/1', { endedAt: null, outcome: 'running' });

/** The health of a feed that was just read. */
export function feedHealth(feed: string, facts: Partial<FeedHealth> = {}): FeedHealth {
  return {
    feed,
    up: true,
    lastSuccess: HEALTHY_NOW - 5000,
    lagSeconds: 5,
    rows: { accepted: 10, rejected: 0 },
    durationSeconds: 0.1,
    error: null,
    outcome: 'ok',
    ...facts,
  };
}

/** A host with eight GPUs and a price; null: without one. */
export function pricedHost(name: string, perHour: bigint | null): PricedHost {
  const explanation = perHour === null ? `No rate card names ${name}.` : 'Rate card on-prem.';
  const rung = perHour === null ? 'unpriced' : 'rate_card';
  return {
    host: host(name, { gpus: nanoGpusFromGpus(8) }),
    price: { host: name, start: null, end: null, perHour, rung, rateCard: null, explanation },
  };
}

/** What somebody costs an hour on node-a; a run with a team, surely, unless said otherwise. */
export function spendNow(facts: Partial<SpendNow> = {}): SpendNow {
  return {
    host: 'node-a',
    pool: null,
    gpuModel: 'H100',
    kind: 'workload',
    holder: attempt(GOING, 'train/1').key,
    team: 'vision',
    project: 'mnist',
    confidence: 'exact',
    perHour: 8n * MONEY_ONE,
    ...facts,
  };
}

/** A published state in which nothing is amiss. */
export function healthyState(facts: Partial<PublishedState> = {}): PublishedState {
  return publishedState({
    computedAt: HEALTHY_NOW - 2000,
    completeUntil: HEALTHY_NOW - 5000,
    hosts: [pricedHost('node-a', 32n * MONEY_ONE)],
    reach: [{ host: 'node-a', gpus: 8, seen: 8 }],
    feeds: [feedHealth('local'), feedHealth('blue/ksm:8080'), feedHealth('dcgm/node-a:9400')],
    runs: [runMetrics('TrainFlow', '1', { live: true, outcome: 'running' })],
    spend: [spendNow()],
    budgets: [{ scope: 'team', name: 'vision', amount: 100n * MONEY_ONE, spent: 20n * MONEY_ONE }],
    ...facts,
  });
}

/** All that the checks look at, with nothing amiss. */
export function healthyFacts(facts: Partial<FindingFacts> = {}): FindingFacts {
  return {
    state: healthyState(),
    issues: [],
    unchargedAttempts: 0,
    lostAttempts: 0,
    scrapers: [{ address: '10.0.0.7', intervalSeconds: 15, agoSeconds: 4 }],
    usualLagSeconds: new Map([['local', 5]]),
    maxRuns: 5000,
    now: HEALTHY_NOW,
    ...facts,
  };
}
