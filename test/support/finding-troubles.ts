import type { ChargePeriod } from '../../exporter/src/facts/charge';
import { type Issue, type IssueCode, NOWHERE } from '../../exporter/src/facts/issue';
import type { WorkloadMetrics } from '../../exporter/src/facts/published';
import { workloadKey } from '../../exporter/src/facts/workload';
import { MONEY_ONE } from '../../exporter/src/units/money';
import { chargePeriod, DAWN, MINUTE_MS } from './view-estate';

/** An issue of a code, with what is said of it. */
export const issue = (code: IssueCode, facts: Partial<Issue> = {}): Issue => ({
  ...NOWHERE,
  code,
  feed: 'blue',
  reason: `Something is wrong (${code}).`,
  remedy: `Mend ${code}.`,
  ...facts,
});

/** A live serving endpoint. */
export const endpoint = (facts: Partial<WorkloadMetrics>): WorkloadMetrics => ({
  cluster: 'cluster',
  namespace: 'serving',
  workload: 'ranker',
  team: 'search',
  modelVersion: null,
  live: true,
  cost: { estimated: MONEY_ONE, billed: 0n },
  perHour: 2n * MONEY_ONE,
  heldGpuSeconds: 7300,
  usedGpuSeconds: 0,
  workloadIdleGpuSeconds: 0,
  utilization: 0,
  ...facts,
});

/** An open charge period in which the endpoint's pod holds so many GPUs for the last minutes of half an hour. */
export const holding = (gpus: number, minutes: readonly [number, number] = [0, 30]): ChargePeriod =>
  chargePeriod({
    host: 'node-a',
    gpus: 8,
    start: DAWN + 60 * MINUTE_MS,
    end: DAWN + 90 * MINUTE_MS,
    perHour: 32n * MONEY_ONE,
    shares: [
      {
        holder: workloadKey({ cluster: 'cluster', namespace: 'serving', workload: 'ranker', pod: 'p', uid: 'u' }),
        gpus,
        minutes,
      },
    ],
  });
