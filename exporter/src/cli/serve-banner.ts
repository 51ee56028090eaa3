import Table from 'cli-table3';
import type { PublishedState } from '../facts/published';
import { printAmount } from '../units/money-text';
import { sumAmounts } from '../units/money';
import type { StartMode } from './start-mode';

const SHOWN_RUNS = 12;

/** What the console says once the first cycle is through: the newest runs, what they cost, and where to look. */
export function banner(state: PublishedState, { mode, address }: { mode: StartMode; address: string }): string {
  const { currency, runs, issues } = state;
  const newest = [...runs].sort((a, b) => (b.endedAt ?? Infinity) - (a.endedAt ?? Infinity)).slice(0, SHOWN_RUNS);
  const table = new Table({
    head: ['flow', 'run', 'outcome', `cost, ${currency}`, 'team'],
    colAligns: ['left', 'left', 'left', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { key, outcome, cost, labels } of newest) {
    const amount = cost === null ? 'unpriced' : printAmount(cost.estimated + cost.billed);
    table.push([key.flow, key.run, outcome, amount, labels.team ?? 'No team']);
  }
  const total = sumAmounts(runs.map(({ cost }) => (cost ? cost.estimated + cost.billed : 0n)));
  const unpriced = issues.filter(({ code }) => code === 'unpriced_host');
  return [
    '',
    mode.example === null ? `Reading ${mode.source}.` : `** ${mode.example} **`,
    '',
    runs.length === 0 ? 'No runs yet.' : table.toString(),
    runs.length > SHOWN_RUNS ? `… and ${runs.length - SHOWN_RUNS} more.` : '',
    runs.length === 0
      ? ''
      : `Priced so far: ${printAmount(total)} ${currency} over ${runs.length} runs (estimated; no bill yet).`,
    ...unpriced.map(
      ({ value, remedy }) => `\nHost ${value} has no price. Paste this into flowledger.yaml and restart:\n\n${remedy}`,
    ),
    `\nLook at ${address}/ · Prometheus scrapes ${address}/metrics · API ${address}/api/v1/runs · Ctrl-C stops`,
    dearestLine(state, address),
    '',
  ]
    .filter((line, index, lines) => line !== '' || lines[index - 1] !== '')
    .join('\n');
}

function dearestLine({ runs }: PublishedState, address: string): string {
  const priced = runs.filter(({ cost }) => cost !== null);
  const dearest = priced.reduce<(typeof priced)[number] | null>(
    (best, run) => (best === null || run.cost!.estimated > best.cost!.estimated ? run : best),
    null,
  );
  if (dearest === null) return '';
  const { flow, run } = dearest.key;
  return `Its arithmetic: npm run -s flowledger -- explain ${flow}/${run} --server ${address}`;
}
