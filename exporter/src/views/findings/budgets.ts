import type { BudgetNow, RunMetrics } from '../../facts/published';
import { printAmount } from '../../units/money-text';
import { lifetimeOf } from '../metrics/label-sums';
import { type Check, findingsOf, type Trouble } from './finding-facts';

/** Which budgets are exceeded: of the month, and of runs that are live. */
export const budgets: Check = ({ state }) => {
  const { currency } = state;
  const ofMonth = state.budgets.filter(({ spent, amount }) => spent > amount);
  const ofRuns = state.runs.filter((run) => run.live && run.budget !== null && lifetimeOf(run) > run.budget);
  return findingsOf('budgets', 'No budget is exceeded.', [
    ...ofRuns.map((run) => ofRun(run, currency)),
    ...ofMonth.map((budget) => ofScope(budget, currency)),
  ]);
};

function ofRun(run: RunMetrics, currency: string): Trouble {
  const { flow, run: id } = run.key;
  const spent = `${printAmount(lifetimeOf(run))} of ${printAmount(run.budget!)} ${currency}`;
  return {
    status: 'warn',
    detail: `The run ${flow}/${id} has spent ${spent}, its budget.`,
    fix: `See where it went, and stop the run if it runs away: flowledger explain ${flow}/${id}`,
  };
}

function ofScope({ scope, name, amount, spent }: BudgetNow, currency: string): Trouble {
  const whose = scope === 'all' ? 'The month' : `The ${scope} ${name}`;
  return {
    status: 'warn',
    detail:
      `${whose} has spent ${printAmount(spent)} of ${printAmount(amount)} ${currency}, ` +
      'its budget of this UTC month.',
    fix: 'See which runs it was at /api/v1/runs, or raise the amount under budgets: in flowledger.yaml.',
  };
}
