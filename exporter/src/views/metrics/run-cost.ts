import { metrics } from '../../contract/metrics';
import { approximateDollars } from './approximate-dollars';
import { bindFamily } from './family';
import { totalsOf } from './run-slots';

/** A run's cost by basis; both parts wherever the cost is known. */
export const runCost = bindFamily(metrics.runCost, function* ({ runs }) {
  for (const { key, cost } of totalsOf(runs)) {
    if (cost === null) continue;
    const { deployment, flow, run: run_id } = key;
    yield { labels: { deployment, flow, run_id, basis: 'estimated' }, value: approximateDollars(cost.estimated) };
    yield { labels: { deployment, flow, run_id, basis: 'billed' }, value: approximateDollars(cost.billed) };
  }
});
