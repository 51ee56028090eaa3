import { metrics } from '../../contract/metrics';
import { bindFamily } from './family';
import { heldStates } from './held-time';
import { runLabels } from './run-labels';
import { totalsOf } from './run-slots';

/** GPU time each run has held, by what telemetry tells of it; without telemetry all of it is unobserved. */
export const runGpuSeconds = bindFamily(metrics.runGpuSeconds, function* ({ runs }) {
  for (const totals of totalsOf(runs)) {
    const { deployment, flow, run: run_id } = totals.key;
    for (const [state, value] of heldStates(totals)) yield { labels: { deployment, flow, run_id, state }, value };
  }
});

/** Attempt time that is missing from a run's cost; only runs that have such time. */
export const runUnpricedSeconds = bindFamily(metrics.runUnpricedSeconds, function* ({ runs }) {
  for (const { key, unpricedSeconds } of totalsOf(runs)) {
    if (unpricedSeconds > 0) yield { labels: runLabels(key), value: unpricedSeconds };
  }
});

/** How long each live run has been going; folded runs have no time together. */
export const runElapsed = bindFamily(metrics.runElapsed, function* ({ runs }) {
  for (const { key, live, elapsedSeconds } of runs.shown) {
    if (live && elapsedSeconds !== null) yield { labels: runLabels(key), value: elapsedSeconds };
  }
});

/** How long each live run is expected to take. */
export const runExpectedDuration = bindFamily(metrics.runExpectedDuration, function* ({ runs }) {
  for (const { key, live, expectedSeconds } of runs.shown) {
    if (live && expectedSeconds !== null) yield { labels: runLabels(key), value: expectedSeconds };
  }
});
