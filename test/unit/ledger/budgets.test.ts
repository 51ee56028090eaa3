import type { Budget } from '../../../exporter/src/facts/budget';
import { appliesTo, budgetOf } from '../../../exporter/src/ledger/budgets';

const budget = (amount: number, facts: Partial<Budget> = {}): Budget => ({
  flow: null,
  team: null,
  experiment: null,
  amount: BigInt(amount),
  period: 'run',
  ...facts,
});

const scope = { flow: 'TrainFlow', labels: { team: 'vision', experiment: null } };

describe('The budget of a run', () => {
  it.each([
    ['is the one for everything', [budget(100)], 100n],
    [
      'is the smallest that applies',
      [budget(100), budget(30, { flow: 'TrainFlow' }), budget(50, { team: 'vision' })],
      30n,
    ],
    ['is not another flow’s or team’s', [budget(5, { flow: 'ScoreFlow' }), budget(6, { team: 'audio' })], null],
    ['wants every part that it names', [budget(5, { flow: 'TrainFlow', team: 'audio' })], null],
    ['of an experiment is not a run’s without one', [budget(5, { experiment: 'sweep-1' })], null],
    ['is none of a month', [budget(5, { period: 'month' }), budget(70)], 70n],
    ['is unknown where there is none', [], null],
    ['of nothing is a budget', [budget(0), budget(10)], 0n],
  ])('%s', (_what, budgets, amount) => {
    expect(budgetOf(scope, budgets)).toBe(amount);
  });

  it('applies or not whatever its period', () => {
    expect(appliesTo(budget(5, { period: 'month', team: 'vision' }), scope)).toBe(true);
    expect(appliesTo(budget(5, { period: 'month', team: 'audio' }), scope)).toBe(false);
  });
});
