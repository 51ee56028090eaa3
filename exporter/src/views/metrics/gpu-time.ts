import { metrics } from '../../contract/metrics';
import { bindFamily } from './family';
import { sumByLabels } from './label-sums';

/** GPU time of closed charge periods since the ledger began. */
export const gpuTime = bindFamily(metrics.gpuSecondsTotal, ({ state }) =>
  sumByLabels(state.gpuTime, {
    labels: ({ state: gpuState, cause, team, pool, gpuModel }) => ({
      state: gpuState,
      cause: cause ?? '',
      team: team ?? '',
      pool: pool ?? '',
      gpu_model: gpuModel ?? '',
    }),
    add: (sum: number | null, { gpuSeconds }) => (sum ?? 0) + gpuSeconds,
  }).map(({ labels, sum }) => ({ labels, value: sum })),
);
