import { metrics } from '../../contract/metrics';
import { bindFamily } from './family';
import { runLabels } from './run-labels';
import { totalsOf } from './run-slots';

/** Mean activity of what each live run holds now; a run that nothing observes has no series, never 0. */
export const runGpuUtilization = bindFamily(metrics.runGpuUtilization, function* ({ runs }) {
  for (const { key, live, utilization } of runs.shown) {
    if (live && utilization !== null) yield { labels: runLabels(key), value: utilization };
  }
});

/** Energy of each run in joules, where anything tells it. */
export const runEnergy = bindFamily(metrics.runEnergy, function* ({ runs }) {
  for (const { key, energyJoules } of totalsOf(runs)) {
    if (energyJoules !== null) yield { labels: runLabels(key), value: energyJoules };
  }
});
