import { z } from 'zod';
import { assert } from '../assert';
import { runKeyText } from '../facts/attempt';
import type { Channel, Row } from './engine';
import { hourRangeOf, type LoadNews } from './load-news';
import { amountCell, bigintCell, numberCell } from './rows/scalars';
import { statement } from './sql-file';
import { type Load, type LoadId } from './store';
import { deletionFrom, LOAD_TABLES } from './tables';

const ORIGIN_ROWS_AT_ONCE = 50_000;

const stagedRows = z.object({
  run_rows: numberCell,
  attempt_rows: numberCell,
  closing_rows: numberCell,
  issue_rows: numberCell,
  origin_charge_rows: numberCell,
  allocated_charge_rows: numberCell,
  origin_amount: z.string(),
  allocated_amount: z.string(),
});

/** What a staged load has in every table. */
export type StagedRows = z.infer<typeof stagedRows>;

const stagedNet = z.object({
  origin_charges: numberCell,
  origin_amount: amountCell,
  allocated_charges: numberCell,
  allocated_amount: amountCell,
});

const imbalance = z.object({
  host: z.string(),
  period_start: bigintCell,
  origin_amount: z.string(),
  allocated_amount: z.string(),
});

/** Writes all rows of a load; nobody sees them before it is published. */
export async function stageLoad(channel: Channel, load: LoadId, news: LoadNews): Promise<void> {
  const withLoad = (row: Row): Row => ({ load_id: load, ...row });
  const { runs, attempts, issues, closings, teams } = news;
  await channel.insert(
    'runs',
    runs.map(({ row }) => withLoad(row)),
  );
  await channel.insert(
    'attempts',
    attempts.map(({ row }) => withLoad(row)),
  );
  await channel.insert(
    'issues',
    issues.map(({ row }) => withLoad(row)),
  );
  if (closings.length === 0) return;
  await channel.insert(
    'closings',
    closings.map(({ closing }) => withLoad(closing)),
  );
  if (news.reverses) {
    const params = { load, ...hourRangeOf(closings) };
    await channel.command(statement('reverse-origin-charges'), params);
    await channel.command(statement('reverse-allocated-charges'), params);
  }
  const teamOf = (holder: Parameters<typeof runKeyText>[0] | null): string | null =>
    holder ? (teams.get(runKeyText(holder)) ?? null) : null;
  await channel.insert(
    'origin_charges',
    closings.flatMap(({ origins }) => origins.map(withLoad)),
  );
  for (let from = 0; from < closings.length; from += ORIGIN_ROWS_AT_ONCE) {
    const pieces = closings.slice(from, from + ORIGIN_ROWS_AT_ONCE).flatMap((closing) => closing.pieces);
    await channel.insert(
      'allocated_charges',
      pieces.map(({ row, holder }) => withLoad({ ...row, team: teamOf(holder) })),
    );
  }
}

/**
 * Counts and sums again, in the engine, what was staged.
 * @throws InvariantError when rows are missing or the pieces of a charge do not sum to it.
 */
export async function verifyStaged(
  channel: Channel,
  load: LoadId,
  { news, source }: { news: LoadNews; source: Load },
): Promise<StagedRows> {
  const [rows] = await channel.query(statement('staged-rows'), stagedRows, { load });
  assert(rows !== undefined, `Load ${load} could not be counted.`);
  const expected = [news.runs.length, news.attempts.length, news.closings.length, news.issues.length];
  const found = [rows.run_rows, rows.attempt_rows, rows.closing_rows, rows.issue_rows];
  assert(
    `${found}` === `${expected}`,
    `Load ${load} staged ${found} runs, attempts, closings and issues of ${expected}.`,
  );
  if (news.closings.length > 0) await verifyLedger(channel, load, { news, source });
  return rows;
}

async function verifyLedger(
  channel: Channel,
  load: LoadId,
  { news, source }: { news: LoadNews; source: Load },
): Promise<void> {
  const params = { load, ...hourRangeOf(news.closings) };
  const [unbalanced] = await channel.query(statement('staged-imbalance'), imbalance, params);
  if (unbalanced) {
    const { host, period_start, origin_amount, allocated_amount } = unbalanced;
    const sums = `origin ${origin_amount}, pieces ${allocated_amount}, or they differ by kind`;
    assert(false, `The pieces of ${host} at ${period_start} do not sum to their origin charge: ${sums}.`);
  }
  const [net] = await channel.query(statement('staged-net'), stagedNet, params);
  const expected = expectedNet(news, source);
  const found = net && [net.origin_charges, net.origin_amount, net.allocated_charges, net.allocated_amount];
  assert(
    `${found}` === `${expected}`,
    `Load ${load} would leave charges and amounts of ${found} where it closes with ${expected}.`,
  );
}

function expectedNet(news: LoadNews, source: Load): (number | bigint)[] {
  const staged = new Set(news.closings.map(({ host, hour }) => `${hour} ${host}`));
  let [charges, amount, pieces, allocated] = [0, 0n, 0, 0n];
  for (const { host, hour, periods } of source.closings) {
    if (!staged.has(`${hour.start} ${host}`)) continue;
    charges += periods.length;
    for (const period of periods) {
      amount += period.origin.amount ?? 0n;
      pieces += period.pieces.length;
      for (const piece of period.pieces) allocated += piece.amount ?? 0n;
    }
  }
  return [charges, amount, pieces, allocated];
}

const unpublishedLoad = z.object({ load_id: numberCell });

/** Deletes every row whose load was never published, and says which loads those were. */
export async function cleanUnpublished(channel: Channel): Promise<LoadId[]> {
  const loads = (await channel.query(statement('unpublished-loads'), unpublishedLoad)).map(({ load_id }) => load_id);
  if (loads.length === 0) return [];
  for (const table of LOAD_TABLES) await channel.command(deletionFrom(table), { loads });
  return loads;
}
