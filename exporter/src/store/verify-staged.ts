import { z } from 'zod';
import { assert } from '../assert';
import type { Channel } from './engine';
import type { LoadNews } from './load-news';
import { hourRangeOf } from './rows/closing-row';
import { amountCell, bigintCell, numberCell } from './rows/scalars';
import { sumUsage } from './rows/usage-row';
import { statement } from './sql-file';
import type { LoadId } from './store';

const stagedRows = z.object({
  run_rows: numberCell,
  attempt_rows: numberCell,
  attempt_host_rows: numberCell,
  host_rows: numberCell,
  closing_rows: numberCell,
  issue_rows: numberCell,
  origin_charge_rows: numberCell,
  allocated_charge_rows: numberCell,
  origin_amount: z.string(),
  allocated_amount: z.string(),
});

/** What a staged load has in every table; it is recorded when the load is published. */
export type StagedRows = z.infer<typeof stagedRows>;

const stagedNet = z.object({
  origin_charges: numberCell,
  origin_amount: amountCell,
  allocated_charges: numberCell,
  allocated_amount: amountCell,
  used: bigintCell,
  workload_idle: bigintCell,
  busy: bigintCell,
  energy: bigintCell,
  observed: bigintCell,
  metered: bigintCell,
});

const imbalance = z.object({
  host: z.string(),
  period_start: numberCell,
  origin_amount: z.string(),
  allocated_amount: z.string(),
});

/**
 * Counts and sums again, in the engine, what was staged.
 * @throws InvariantError when rows are missing or the pieces of a charge do not sum to it.
 */
export async function verifyStaged(channel: Channel, load: LoadId, news: LoadNews): Promise<StagedRows> {
  const [rows] = await channel.query(statement('staged-rows'), stagedRows, { load });
  assert(rows !== undefined, `Load ${load} could not be counted.`);
  const { runs, attempts, attemptHosts, hosts, closings, issues } = news;
  const expected = [runs, attempts, attemptHosts, hosts, closings, issues].map(({ length }) => length);
  const { run_rows, attempt_rows, attempt_host_rows, host_rows, closing_rows, issue_rows } = rows;
  const found = [run_rows, attempt_rows, attempt_host_rows, host_rows, closing_rows, issue_rows];
  const counted = `${found.join()} runs, attempts, hosts of attempts, hosts, closings and issues`;
  assert(found.join() === expected.join(), `Load ${load} staged ${counted} of ${expected.join()}.`);
  if (news.closings.length > 0) await verifyLedger(channel, load, news);
  return rows;
}

async function verifyLedger(channel: Channel, load: LoadId, { closings }: LoadNews): Promise<void> {
  const params = { load, ...hourRangeOf(closings) };
  const [unbalanced] = await channel.query(statement('staged-imbalance'), imbalance, params);
  if (unbalanced) {
    const { host, period_start, origin_amount, allocated_amount } = unbalanced;
    const sums = `origin ${origin_amount}, pieces ${allocated_amount}, or they differ by kind`;
    assert(false, `The pieces of ${host} at ${period_start} do not sum to their origin charge: ${sums}.`);
  }
  const [net] = await channel.query(statement('staged-net'), stagedNet, params);
  const { used, workloadIdle, busy, energy, observed, metered } = sumUsage(closings.map(({ usage }) => usage));
  const expected = {
    ...{ origin_charges: 0, origin_amount: 0n, allocated_charges: 0, allocated_amount: 0n },
    ...{ used, workload_idle: workloadIdle, busy, energy, observed, metered },
  };
  for (const { origins, pieces, originAmount, allocatedAmount } of closings) {
    expected.origin_charges += origins.length;
    expected.origin_amount += originAmount;
    expected.allocated_charges += pieces.length;
    expected.allocated_amount += allocatedAmount;
  }
  for (const sum of Object.keys(expected) as (keyof typeof expected)[]) {
    assert(net?.[sum] === expected[sum], `Load ${load} would leave ${sum} of ${net?.[sum]}, not ${expected[sum]}.`);
  }
}
