import { z } from 'zod';
import type { Budget } from '../facts/budget';
import { printDecimal } from '../units/decimal';
import { readAmount } from '../units/money-text';
import type { FieldPath, Report } from './fault';
import { amount, text } from './scalars';
import { readBy, strictMap } from './section';

const budgetSchema = strictMap({
  flow: text.optional(),
  team: text.optional(),
  experiment: text.optional(),
  amount,
  period: z.enum(['run', 'month']),
});

/** Reads one budget; null when something is wrong with it. */
export function readBudget(place: { value: unknown; path: FieldPath; report: Report }): Budget | null {
  const raw = readBy(budgetSchema, place);
  if (!raw) return null;
  const read = readAmount(printDecimal(raw.amount));
  if ('fault' in read || read.amount === 0n) {
    const remedy = 'Write an amount above 0; without a budget remove the item.';
    place.report({ path: [...place.path, 'amount'], reason: 'is 0', remedy });
    return null;
  }
  const { flow = null, team = null, experiment = null, period } = raw;
  if (period === 'month' && [flow, team, experiment].filter((part) => part !== null).length > 1) {
    const reason = 'is for a month and names more than one of flow, team and experiment, whose sum nothing tells';
    place.report({ path: place.path, reason, remedy: 'Name one of them, or write period: run.' });
    return null;
  }
  return { flow, team, experiment, amount: read.amount, period };
}
