import { metrics } from '../../contract/metrics';
import { approximateDollars } from './approximate-dollars';
import { bindFamily } from './family';
import { runLabels } from './run-labels';
import { totalsOf } from './run-slots';

/** What each live run costs an hour now. */
export const runSpend = bindFamily(metrics.runCostPerHour, function* ({ runs }) {
  for (const { key, perHour } of totalsOf(runs)) {
    if (perHour !== null) yield { labels: runLabels(key), value: approximateDollars(perHour) };
  }
});

/** What each live run is expected to cost an hour; folded runs have no expectation. */
export const runExpectedSpend = bindFamily(metrics.runExpectedCostPerHour, function* ({ runs }) {
  for (const { key, expectedPerHour } of runs.shown) {
    if (expectedPerHour !== null) yield { labels: runLabels(key), value: approximateDollars(expectedPerHour) };
  }
});
