import { z } from 'zod';
import { attemptKeyText, type RunKey, runKeyText } from '../facts/attempt';
import type { Channel } from './engine';
import { hostHourText, type LoadRows, type Version } from './load-rows';
import type { ClosingRows } from './rows/closing-row';
import { numberCell } from './rows/scalars';
import { readByKeys } from './run-keys';
import { statement } from './sql-file';

/** What a load adds to what the store has. */
export type LoadNews = Omit<LoadRows, 'contentHash'> & {
  /** True when one of the closings replaces one that stands. */
  readonly reverses: boolean;
  /** Team of every run that holds something in the closings, as known now. */
  readonly teams: ReadonlyMap<string, string | null>;
};

const runCells = { deployment: z.string(), flow: z.string(), run: z.string() };
const standingRun = z.object({ ...runCells, content: z.string(), team: z.string().nullable() });
const standingAttempt = z.object({
  ...runCells,
  step: z.string(),
  task: z.string(),
  attempt: z.number(),
  content: z.string(),
});
const standingIssue = z.object({ place: z.string(), content: z.string() });
const standingClosing = z.object({ host: z.string(), hour_start: numberCell, content: z.string() });

const PLACES_AT_ONCE = 2_000;

/** Compares a load with what stands, set-wise; what is equal is left out. */
export async function newsOf(channel: Channel, rows: LoadRows): Promise<LoadNews> {
  const closed = await standingClosings(channel, rows.closings);
  const closings = rows.closings.filter(
    ({ host, hour, contentHash }) => closed.get(hostHourText(host, hour)) !== contentHash,
  );
  const holders = closings.flatMap(({ pieces }) => pieces.flatMap(({ holder }) => (holder ? [holder] : [])));
  const runs = await standingRuns(channel, [...rows.runs.map(({ key }) => key), ...holders]);
  const teams = new Map([...runs].map(([name, { team }]) => [name, team]));
  for (const { name, row } of rows.runs) teams.set(name, row.team as string | null);
  const attempts = await standingAttempts(
    channel,
    rows.attempts.map(({ key }) => key),
  );
  const issues = await standingIssues(
    channel,
    rows.issues.map(({ name }) => name),
  );
  return {
    runs: rows.runs.filter(({ name, row }) => runs.get(name)?.content !== row.content_hash),
    attempts: changed(rows.attempts, attempts),
    closings,
    issues: changed(rows.issues, issues),
    reverses: closings.some(({ host, hour }) => closed.has(hostHourText(host, hour))),
    teams,
  };
}

const changed = <Key>(versions: readonly Version<Key>[], standing: ReadonlyMap<string, string>): Version<Key>[] =>
  versions.filter(({ name, row }) => standing.get(name) !== row.content_hash);

async function standingRuns(
  channel: Channel,
  keys: readonly RunKey[],
): Promise<Map<string, z.infer<typeof standingRun>>> {
  const rows = await readByKeys(distinct(keys), (params) =>
    channel.query(statement('standing-runs'), standingRun, params),
  );
  return new Map(rows.map((row) => [runKeyText(row), row]));
}

async function standingAttempts(channel: Channel, keys: readonly RunKey[]): Promise<Map<string, string>> {
  const rows = await readByKeys(distinct(keys), (params) =>
    channel.query(statement('standing-attempts'), standingAttempt, params),
  );
  return new Map(rows.map((row) => [attemptKeyText(row), row.content]));
}

async function standingIssues(channel: Channel, places: readonly string[]): Promise<Map<string, string>> {
  const standing = new Map<string, string>();
  for (let from = 0; from < places.length; from += PLACES_AT_ONCE) {
    const params = { places: places.slice(from, from + PLACES_AT_ONCE) };
    const rows = await channel.query(statement('standing-issues'), standingIssue, params);
    for (const { place, content } of rows) standing.set(place, content);
  }
  return standing;
}

async function standingClosings(channel: Channel, closings: readonly ClosingRows[]): Promise<Map<string, string>> {
  if (closings.length === 0) return new Map();
  const params = { hosts: [...new Set(closings.map(({ host }) => host))], ...hourRangeOf(closings) };
  const rows = await channel.query(statement('standing-closings'), standingClosing, params);
  return new Map(rows.map(({ host, hour_start, content }) => [hostHourText(host, hour_start), content]));
}

/** First and last hour that these closings touch; statements narrow their reading by it. */
export function hourRangeOf(closings: readonly ClosingRows[]): { firstHour: number; lastHour: number } {
  let [firstHour, lastHour] = [Infinity, -Infinity];
  for (const { hour } of closings) [firstHour, lastHour] = [Math.min(firstHour, hour), Math.max(lastHour, hour)];
  return { firstHour, lastHour };
}

const distinct = (keys: readonly RunKey[]): RunKey[] => [
  ...new Map(keys.map((key) => [runKeyText(key), key])).values(),
];
