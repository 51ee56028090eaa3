import { z } from 'zod';
import type { ExpectedCosts, ExpectedRow } from '../simulation/expected-costs';
import type { Instant } from '../units/interval';
import { printAmount, readAmount } from '../units/money-text';

const cost = z.string().nullable();
/** The part of a run's page that is compared. */
const runPage = z.object({
  steps: z.array(
    z.object({
      step: z.string(),
      tasks: z.array(z.object({ task: z.string(), attempts: z.array(z.object({ attempt: z.number(), cost })) })),
    }),
  ),
});
/** The part of a page of host charge periods that is compared. */
const idleList = z.object({
  items: z.array(z.object({ cost, workload: cost, unattributed: cost, idle: cost })),
  nextCursor: z.string().nullable(),
});
type Periods = z.infer<typeof idleList>['items'];

/** What the exporter says, in the form in which expected costs are written. */
export type ToldCosts = {
  /** By {@link rowName}; null where a cost is not known. */
  readonly attempts: ReadonlyMap<string, string | null>;
  readonly total: string;
  readonly idle: string;
  /** What the pods of no run cost together. */
  readonly services: string;
  readonly unattributed: string;
};

/** One thing whose cost is not what it should be; `told` null: not known, or not there. */
export type CostDifference = { readonly what: string; readonly expected: string; readonly told: string | null };

/** Names an attempt: `Flow/run/step/task #attempt`. */
export function rowName({ flow, run, step, task, attempt }: Omit<ExpectedRow, 'cost'>): string {
  return `${flow}/${run}/${step}/${task} #${attempt}`;
}

/** Every cost that differs, to the last digit. */
export function costDifferences(expected: ExpectedCosts, told: ToldCosts): CostDifference[] {
  const ofRuns = expected.rows.filter(({ flow }) => flow !== '');
  const rows = ofRuns.map((row) => ({
    what: rowName(row),
    expected: row.cost,
    told: told.attempts.get(rowName(row)) ?? null,
  }));
  const services = sumOf(expected.rows.filter(({ flow }) => flow === '').map((row) => row.cost));
  const names = new Set(rows.map(({ what }) => what));
  const stray = [...told.attempts].filter(([name, amount]) => !names.has(name) && amount !== null && amount !== '0');
  return [
    ...rows,
    ...stray.map(([what, amount]) => ({ what, expected: '0', told: amount })),
    { what: 'services', expected: services, told: told.services },
    { what: 'unattributed', expected: '0', told: told.unattributed },
    { what: 'idle', expected: expected.idle, told: told.idle },
    { what: 'total', expected: expected.total, told: told.total },
  ].filter(({ expected: right, told: other }) => right !== other);
}

/** What to ask: the exporter, its deployment, the expected rows, and the time that they are about. */
export type Asking = {
  readonly address: string;
  readonly deployment: string;
  readonly expected: ExpectedCosts;
  readonly from: Instant;
  readonly to: Instant;
};

/** Asks a running exporter what everything costs, over its API. @throws Error when it does not answer as it should. */
export async function askCosts({ address, deployment, expected, from, to }: Asking): Promise<ToldCosts> {
  const attempts = new Map<string, string | null>();
  const runs = new Map(expected.rows.filter(({ flow }) => flow !== '').map((row) => [`${row.flow}/${row.run}`, row]));
  for (const { flow, run } of runs.values()) {
    const path = `/api/v1/runs/${encodeURIComponent(flow)}/${run}?deployment=${encodeURIComponent(deployment)}`;
    const { steps } = await ask(new URL(path, address), runPage);
    for (const { step, tasks } of steps) {
      for (const { task, attempts: told } of tasks) {
        for (const { attempt, cost: amount } of told) {
          attempts.set(rowName({ flow, run, step, task, attempt: String(attempt) }), amount);
        }
      }
    }
  }
  const periods = await askPeriods(address, { from, to });
  const sums = (part: 'cost' | 'workload' | 'idle' | 'unattributed'): string =>
    sumOf(periods.map((period) => period[part] ?? '0'));
  const ofRuns = sumOf([...attempts.values()].map((amount) => amount ?? '0'));
  return {
    attempts,
    total: sums('cost'),
    idle: sums('idle'),
    services: printAmount(amountOf(sums('workload')) - amountOf(ofRuns)),
    unattributed: sums('unattributed'),
  };
}

async function askPeriods(address: string, { from, to }: { from: Instant; to: Instant }): Promise<Periods> {
  const items: Periods = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const url = new URL('/api/v1/idle', address);
    const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), limit: '500' };
    url.search = new URLSearchParams(cursor === '' ? window : { ...window, cursor }).toString();
    const page: z.infer<typeof idleList> = await ask(url, idleList);
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}

async function ask<T>(url: URL, schema: z.ZodType<T>): Promise<T> {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`${url.pathname} answers ${response.status}: ${await response.text()}`);
  return schema.parse(await response.json());
}

function amountOf(text: string): bigint {
  const read = readAmount(text);
  if ('fault' in read) throw new Error(`The amount "${text}" ${read.fault}.`);
  return read.amount;
}

const sumOf = (texts: readonly string[]): string => printAmount(texts.reduce((sum, text) => sum + amountOf(text), 0n));
