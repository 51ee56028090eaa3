import type { Budget } from '../facts/budget';
import type { Labels } from '../facts/run';

/** What a budget is matched by. */
export type BudgetScope = { readonly flow: string; readonly labels: Pick<Labels, 'team' | 'experiment'> };

/** True when a budget speaks of runs like this one: each part that it names is the run's own. */
export function appliesTo({ flow, team, experiment }: Budget, scope: BudgetScope): boolean {
  const isMeant = (wanted: string | null, own: string | null): boolean => wanted === null || wanted === own;
  return isMeant(flow, scope.flow) && isMeant(team, scope.labels.team) && isMeant(experiment, scope.labels.experiment);
}

/** What one run may cost, 10⁻¹²: the smallest of its budgets that are no month's; null where it has none. */
export function budgetOf(scope: BudgetScope, budgets: readonly Budget[]): bigint | null {
  const amounts = budgets.filter((budget) => budget.period === 'run' && appliesTo(budget, scope));
  return amounts.reduce<bigint | null>(
    (smallest, { amount }) => (smallest === null || amount < smallest ? amount : smallest),
    null,
  );
}
