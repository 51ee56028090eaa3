import { metrics } from '../../contract/metrics';
import { approximateDollars } from './approximate-dollars';
import { bindFamily } from './family';
import { sumByLabels } from './label-sums';

/** What the estate costs an hour now, by kind, team, pool and GPU model. */
export const estateSpend = bindFamily(metrics.spendPerHour, ({ state }) =>
  sumByLabels(state.spend, {
    labels: ({ kind, team, pool, gpuModel }) => ({
      kind,
      team: team ?? '',
      pool: pool ?? '',
      gpu_model: gpuModel ?? '',
    }),
    add: (sum: bigint | null, { perHour }) => (sum ?? 0n) + perHour,
  }).map(({ labels, sum }) => ({ labels, value: approximateDollars(sum) })),
);
