import { metrics } from '../../contract/metrics';
import { approximateDollars } from './approximate-dollars';
import { bindFamily, type Shown } from './family';

/** The budgets of the month, and what is spent of each. */
export const budgets = [
  bindFamily(metrics.budget, ({ state }: Shown) =>
    state.budgets.map(({ scope, name, amount }) => ({ labels: { scope, name }, value: approximateDollars(amount) })),
  ),
  bindFamily(metrics.budgetSpent, ({ state }: Shown) =>
    state.budgets.map(({ scope, name, spent }) => ({ labels: { scope, name }, value: approximateDollars(spent) })),
  ),
];
