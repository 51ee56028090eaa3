import { type RunKey, runKeyText } from '../facts/attempt';
import type { Channel, Row } from './engine';
import type { LoadNews } from './load-news';
import { hourRangeOf } from './rows/closing-row';
import { statement } from './sql-file';
import type { LoadId } from './store';

/** Writes all rows of a load; nobody sees them before it is published. */
export async function stageLoad(channel: Channel, load: LoadId, news: LoadNews): Promise<void> {
  const insert = (table: string, rows: Iterable<Row>): Promise<void> => channel.insert(table, stamped(load, rows));
  await insert('runs', news.runs);
  await insert('attempts', news.attempts);
  await insert('attempt_hosts', news.attemptHosts);
  await insert('hosts', news.hosts);
  await insert('issues', news.issues);
  if (news.closings.length === 0) return;
  await insert('closings', closingRows(news));
  if (news.reverses) {
    const params = { load, ...hourRangeOf(news.closings) };
    await channel.command(statement('reverse-origin-charges'), params);
    await channel.command(statement('reverse-allocated-charges'), params);
  }
  await insert('origin_charges', originRows(news));
  await insert('allocated_charges', pieceRows(news));
}

function* stamped(load: LoadId, rows: Iterable<Row>): Generator<Row> {
  for (const row of rows) yield { ...row, load_id: load };
}

function* closingRows({ closings }: LoadNews): Generator<Row> {
  for (const { closing } of closings) yield closing;
}

function* originRows({ closings }: LoadNews): Generator<Row> {
  for (const { origins } of closings) yield* origins;
}

function* pieceRows({ closings, teams }: LoadNews): Generator<Row> {
  const teamOf = (holder: RunKey | null): string | null => (holder && teams.get(runKeyText(holder))) ?? null;
  for (const { pieces } of closings) {
    for (const { row, holder } of pieces) yield { ...row, team: teamOf(holder) };
  }
}
