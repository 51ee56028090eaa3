import type { CataloguedMetric } from '../../contract/metrics';
import { metrics } from '../../contract/metrics';
import type { RunMetrics } from '../../facts/published';
import { approximateDollars } from './approximate-dollars';
import { bindFamily, type Family, type Shown } from './family';
import { runLabels } from './run-labels';

type DollarsByRun = Extract<CataloguedMetric, { unit: 'dollars'; labels: (typeof metrics.runBudget)['labels'] }>;

/** What each live run will have cost, what such a run costs, and what it may cost; folded runs have none of it. */
export const runOutlook: readonly Family<Shown>[] = [
  ofLiveRuns(metrics.runProjectedCost, ({ projected }) => projected),
  ofLiveRuns(metrics.runExpectedCost, ({ expectedTotal }) => expectedTotal),
  ofLiveRuns(metrics.runBudget, ({ budget }) => budget),
];

function ofLiveRuns(metric: DollarsByRun, amountOf: (run: RunMetrics) => bigint | null): Family<Shown> {
  return bindFamily(metric, function* ({ runs }: Shown) {
    for (const run of runs.shown) {
      const amount = run.live ? amountOf(run) : null;
      if (amount !== null) yield { labels: runLabels(run.key), value: approximateDollars(amount) };
    }
  });
}
