import { metrics } from '../../contract/metrics';
import { approximateDollars } from './approximate-dollars';
import { bindFamily, type Shown } from './family';
import { heldStates } from './held-time';

/** What holds GPUs without being a Metaflow run: its cost, its spend rate, its GPU time and its activity. */
export const workloads = [
  bindFamily(metrics.workloadCost, function* (shown: Shown) {
    for (const { labels, cost } of shown.workloads.totals) {
      if (cost === null) continue;
      yield { labels: { ...labels, basis: 'estimated' }, value: approximateDollars(cost.estimated) };
      yield { labels: { ...labels, basis: 'billed' }, value: approximateDollars(cost.billed) };
    }
  }),
  bindFamily(metrics.workloadCostPerHour, function* (shown: Shown) {
    for (const { labels, perHour } of shown.workloads.totals) {
      if (perHour !== null) yield { labels, value: approximateDollars(perHour) };
    }
  }),
  bindFamily(metrics.workloadGpuSeconds, function* (shown: Shown) {
    for (const totals of shown.workloads.totals) {
      for (const [state, value] of heldStates(totals)) yield { labels: { ...totals.labels, state }, value };
    }
  }),
  bindFamily(metrics.workloadGpuUtilization, function* (shown: Shown) {
    for (const { labels, utilization } of shown.workloads.totals) {
      if (utilization !== null) yield { labels, value: utilization };
    }
  }),
];
