import Table from 'cli-table3';
import { type RunKey, runKeyText } from '../facts/attempt';
import type { PublishedState } from '../facts/published';
import type { Run } from '../facts/run';
import type { Store } from '../store/store';
import { sumAmounts } from '../units/money';
import { printAmount } from '../units/money-text';
import type { StartMode } from './start-mode';

const [SHOWN_RUNS, FLOWS_AT_ONCE] = [12, 1000];

/** What the banner is about, and where it is to be looked at. */
export type BannerPlace = { readonly mode: StartMode; readonly store: Store; readonly address: string };

type PricedRun = { readonly run: Run; readonly cost: bigint | null };

/** What the console says once the first cycle is through: the newest runs, what they cost, and where to look. */
export async function banner(state: PublishedState, { mode, store, address }: BannerPlace): Promise<string> {
  const runs = await newestRuns(state, store);
  const total = runs.length < SHOWN_RUNS ? runs.length : await countRuns(state, store);
  const unpriced = state.issues.filter(({ code }) => code === 'unpriced_host');
  const failed = state.feeds.filter(({ up }) => !up);
  const parts = [
    mode.example === null ? `Reading ${mode.source}.` : `** ${mode.example} **`,
    runs.length === 0
      ? 'No runs yet.'
      : `${tableOf(runs, state.currency)}\n\n${sumLine(runs, { currency: state.currency, total })}`,
    ...failed.map(({ feed, error }) =>
      error === null ? `The feed ${feed} has not answered yet.` : `The feed ${feed} cannot be read: ${error}`,
    ),
    ...unpriced.map(
      ({ value, remedy }) =>
        `Host ${value} has no price. Paste this into flowledger.yaml and restart:\n\n${remedy.trimEnd()}`,
    ),
    `Look at ${address}/ · Prometheus scrapes ${address}/metrics · API ${address}/api/v1/runs · Ctrl-C stops` +
      dearestLine(runs, address),
  ];
  return `\n${parts.join('\n\n')}\n`;
}

async function newestRuns(state: PublishedState, store: Store): Promise<PricedRun[]> {
  const runs = await store.runs({ limit: SHOWN_RUNS }, state.asOf);
  const live = new Map(state.runs.map(({ key, cost }) => [runKeyText(key), cost]));
  const older = runs.filter(({ key }) => !live.has(runKeyText(key))).map(({ key }): RunKey => key);
  const closed = older.length === 0 ? [] : await store.closedCosts(older, state.asOf);
  for (const { key, estimated, billed, pricedMs } of closed) {
    live.set(runKeyText(key), pricedMs > 0 ? { estimated, billed } : null);
  }
  return runs.map((run) => {
    const cost = live.get(runKeyText(run.key)) ?? null;
    return { run, cost: cost && cost.estimated + cost.billed };
  });
}

async function countRuns({ asOf }: PublishedState, store: Store): Promise<number> {
  let total = 0;
  for (let page = await store.flows(asOf, { limit: FLOWS_AT_ONCE }); ;) {
    total += page.reduce((sum, { runs }) => sum + runs, 0);
    const last = page.at(-1);
    if (last === undefined || page.length < FLOWS_AT_ONCE) return total;
    page = await store.flows(asOf, { limit: FLOWS_AT_ONCE, after: { deployment: last.deployment, flow: last.flow } });
  }
}

function tableOf(runs: readonly PricedRun[], currency: string): string {
  const table = new Table({
    head: ['flow', 'run', 'outcome', `cost, ${currency}`, 'team'],
    colAligns: ['left', 'left', 'left', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const { run, cost } of runs) {
    const amount = cost === null ? 'unpriced' : printAmount(cost);
    table.push([run.key.flow, run.key.run, run.outcome, amount, run.labels.team ?? 'No team']);
  }
  return table.toString();
}

function sumLine(runs: readonly PricedRun[], { currency, total }: { currency: string; total: number }): string {
  const costs = runs.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  if (costs.length === 0) return 'None of these runs has a price.';
  const newest = `the ${runs.length} newest of ${total} runs`;
  const which = costs.length === runs.length ? newest : `${costs.length} of ${newest}, the others have no price`;
  return `Together: ${printAmount(sumAmounts(costs))} ${currency} for ${which} (estimated; no bill yet).`;
}

function dearestLine(runs: readonly PricedRun[], address: string): string {
  const [dearest] = [...runs].sort((a, b) => Number((b.cost ?? -1n) - (a.cost ?? -1n)));
  if (!dearest || dearest.cost === null) return '';
  const { flow, run } = dearest.run.key;
  const command = `npm run -s flowledger -- explain ${flow}/${run} --server ${address}`;
  return `\nThe arithmetic of the dearest of these: ${command}`;
}
