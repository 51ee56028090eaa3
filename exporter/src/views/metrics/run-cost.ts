import { metrics } from '../../contract/metrics';
import { approximateDollars } from './approximate-dollars';
import { bindFamily } from './family';
import { runLabels } from './run-labels';
import { totalsOf } from './run-slots';

/** A run's cost by basis; both parts wherever the cost is known. */
export const runCost = bindFamily(metrics.runCost, ({ runs }) =>
  totalsOf(runs).flatMap(({ key, cost }) =>
    cost === null
      ? []
      : [
          { labels: { ...runLabels(key), basis: 'estimated' }, value: approximateDollars(cost.estimated) },
          { labels: { ...runLabels(key), basis: 'billed' }, value: approximateDollars(cost.billed) },
        ],
  ),
);
