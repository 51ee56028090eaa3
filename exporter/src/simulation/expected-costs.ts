import { printAmount } from '../units/money-text';
import type { AttemptTruth, Truth } from './truth';

/** What a replay folder says that its runs cost, as texts: amounts are plain decimals, trailing zeros trimmed. */
export type ExpectedCosts = {
  readonly rows: readonly ExpectedRow[];
  readonly total: string;
  readonly idle: string;
};

/** One attempt; or, where `flow` is empty, one pod of no run. */
export type ExpectedRow = {
  readonly flow: string;
  readonly run: string;
  readonly step: string;
  readonly task: string;
  readonly attempt: string;
  readonly cost: string;
};

const COLUMNS = ['flow', 'run', 'step', 'task', 'attempt', 'cost'] as const;

/** Writes `expected.tsv`. */
export function printExpected({ attempts, services, total, idle }: Truth): string {
  const rows = [...attempts, ...services].map((row: AttemptTruth) =>
    [row.flow, row.run, row.step, row.task, row.attempt, printAmount(row.cost)].join('\t'),
  );
  const sums = [`# total\t${printAmount(total)}`, `# idle\t${printAmount(idle)}`];
  return `${[COLUMNS.join('\t'), ...rows, ...sums].join('\n')}\n`;
}

/** Reads `expected.tsv`. @throws Error naming the line that is none. */
export function readExpected(text: string): ExpectedCosts {
  const rows: ExpectedRow[] = [];
  const sums = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    const cells = line.split('\t');
    if (line === '' || line === COLUMNS.join('\t')) continue;
    if (line.startsWith('# ') && cells.length === 2) sums.set(cells[0]!.slice(2), cells[1]!);
    else if (cells.length === COLUMNS.length) rows.push(rowOf(cells));
    else throw new Error(`expected.tsv:${index + 1} has ${cells.length} columns, not ${COLUMNS.length}.`);
  }
  const sumOf = (name: string): string => {
    const sum = sums.get(name);
    if (sum === undefined) throw new Error(`expected.tsv has no row "# ${name}".`);
    return sum;
  };
  return { rows, total: sumOf('total'), idle: sumOf('idle') };
}

function rowOf(cells: readonly string[]): ExpectedRow {
  const [flow, run, step, task, attempt, cost] = cells as [string, string, string, string, string, string];
  return { flow, run, step, task, attempt, cost };
}
