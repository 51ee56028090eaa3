import { z } from 'zod';
import { attemptKeyText, type RunKey, runKeyText } from '../facts/attempt';
import type { Channel } from './engine';
import { type ClosingRows, hourRangeOf } from './rows/closing-row';
import { numberCell } from './rows/scalars';
import { readByKeys } from './run-keys';
import { statement } from './sql-file';

const runCells = { deployment: z.string(), flow: z.string(), run: z.string() };
const attemptCells = { ...runCells, step: z.string(), task: z.string(), attempt: z.number() };
const standingRun = z.object({ ...runCells, content: z.string(), team: z.string().nullable() });
const standingAttempt = z.object({ ...attemptCells, content: z.string(), last_hosts: z.array(z.string()) });
const standingIssue = z.object({ place: z.string(), content: z.string() });
const standingHost = z.object({ name: z.string(), content: z.string() });
const standingClosing = z.object({ host: z.string(), hour_start: numberCell, content: z.string() });

const NAMES_AT_ONCE = 2_000;

/** One text a host-hour, for maps. */
export function hostHourText(host: string, hour: number): string {
  return JSON.stringify([host, hour]);
}

/** Content hash and team of the latest version of these runs, by name. */
export async function standingRuns(
  channel: Channel,
  keys: readonly RunKey[],
): Promise<Map<string, { content: string; team: string | null }>> {
  const rows = await readByKeys(distinct(keys), (params) =>
    channel.query(statement('standing-runs'), standingRun, params),
  );
  return new Map(rows.map((row) => [runKeyText(row), row]));
}

/** Content hash and hosts of the latest version of every attempt of these runs, by name. */
export async function standingAttempts(
  channel: Channel,
  keys: readonly RunKey[],
): Promise<Map<string, { content: string; lastHosts: readonly string[] }>> {
  const rows = await readByKeys(distinct(keys), (params) =>
    channel.query(statement('standing-attempts'), standingAttempt, params),
  );
  return new Map(rows.map((row) => [attemptKeyText(row), { content: row.content, lastHosts: row.last_hosts }]));
}

/** Content hash of the latest version of the issues at these places. */
export async function standingIssues(channel: Channel, places: readonly string[]): Promise<Map<string, string>> {
  const standing = new Map<string, string>();
  for (let from = 0; from < places.length; from += NAMES_AT_ONCE) {
    const params = { places: places.slice(from, from + NAMES_AT_ONCE) };
    const rows = await channel.query(statement('standing-issues'), standingIssue, params);
    for (const { place, content } of rows) standing.set(place, content);
  }
  return standing;
}

/** Content hash of the latest version of these hosts, by name. */
export async function standingHosts(channel: Channel, names: readonly string[]): Promise<Map<string, string>> {
  const standing = new Map<string, string>();
  for (let from = 0; from < names.length; from += NAMES_AT_ONCE) {
    const params = { names: names.slice(from, from + NAMES_AT_ONCE) };
    const rows = await channel.query(statement('standing-hosts'), standingHost, params);
    for (const { name, content } of rows) standing.set(name, content);
  }
  return standing;
}

/** Content hash of what stands closed on the hosts and between the hours of these closings, by host-hour. */
export async function standingClosings(
  channel: Channel,
  closings: readonly ClosingRows[],
): Promise<Map<string, string>> {
  if (closings.length === 0) return new Map();
  const params = { hosts: [...new Set(closings.map(({ host }) => host))], ...hourRangeOf(closings) };
  const rows = await channel.query(statement('standing-closings'), standingClosing, params);
  return new Map(rows.map(({ host, hour_start, content }) => [hostHourText(host, hour_start), content]));
}

const distinct = (keys: readonly RunKey[]): RunKey[] => [
  ...new Map(keys.map((key) => [runKeyText(key), key])).values(),
];
