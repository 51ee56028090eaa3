import { metrics } from '../../contract/metrics';
import { approximateDollars } from './approximate-dollars';
import { bindFamily } from './family';
import { runLabels } from './run-labels';
import { totalsOf } from './run-slots';

/** What each live run costs an hour now. */
export const runSpend = bindFamily(metrics.runCostPerHour, ({ runs }) =>
  totalsOf(runs).flatMap(({ key, perHour }) =>
    perHour === null ? [] : [{ labels: runLabels(key), value: approximateDollars(perHour) }],
  ),
);

/** What each live run is expected to cost an hour; folded runs have no expectation. */
export const runExpectedSpend = bindFamily(metrics.runExpectedCostPerHour, ({ runs }) =>
  runs.shown.flatMap(({ key, expectedPerHour }) =>
    expectedPerHour === null ? [] : [{ labels: runLabels(key), value: approximateDollars(expectedPerHour) }],
  ),
);
