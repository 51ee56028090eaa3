import { metrics } from '../../contract/metrics';
import { bindFamily } from './family';
import { runLabels } from './run-labels';
import { totalsOf } from './run-slots';

/** GPU time each run has held; without telemetry all of it is unobserved. */
export const runGpuSeconds = bindFamily(metrics.runGpuSeconds, function* ({ runs }) {
  for (const { key, heldGpuSeconds } of totalsOf(runs)) {
    const { deployment, flow, run: run_id } = key;
    yield { labels: { deployment, flow, run_id, state: 'unobserved' }, value: heldGpuSeconds };
  }
});

/** Attempt time that is missing from a run's cost; only runs that have such time. */
export const runUnpricedSeconds = bindFamily(metrics.runUnpricedSeconds, function* ({ runs }) {
  for (const { key, unpricedSeconds } of totalsOf(runs)) {
    if (unpricedSeconds > 0) yield { labels: runLabels(key), value: unpricedSeconds };
  }
});
