import { metrics } from '../../contract/metrics';
import { bindFamily } from './family';
import { runLabels } from './run-labels';
import { totalsOf } from './run-slots';

/** GPU time each run has held; without telemetry all of it is unobserved. */
export const runGpuSeconds = bindFamily(metrics.runGpuSeconds, ({ runs }) =>
  totalsOf(runs).map(({ key, heldGpuSeconds }) => ({
    labels: { ...runLabels(key), state: 'unobserved' },
    value: heldGpuSeconds,
  })),
);

/** Attempt time that is missing from a run's cost; only runs that have such time. */
export const runUnpricedSeconds = bindFamily(metrics.runUnpricedSeconds, ({ runs }) =>
  totalsOf(runs)
    .filter(({ unpricedSeconds }) => unpricedSeconds > 0)
    .map(({ key, unpricedSeconds }) => ({ labels: runLabels(key), value: unpricedSeconds })),
);
