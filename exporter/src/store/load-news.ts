import { runKeyText } from '../facts/attempt';
import type { Channel, Row } from './engine';
import type { LoadRows } from './load-rows';
import { rowsOfAttemptHosts } from './rows/attempt-row';
import type { ClosingRows } from './rows/closing-row';
import {
  hostHourText,
  standingAttempts,
  standingClosings,
  standingHosts,
  standingIssues,
  standingRuns,
} from './standing';

/** The rows that a load adds to what the store has; what is equal to what stands is left out. */
export type LoadNews = {
  readonly runs: readonly Row[];
  readonly attempts: readonly Row[];
  readonly attemptHosts: readonly Row[];
  readonly issues: readonly Row[];
  readonly hosts: readonly Row[];
  readonly closings: readonly ClosingRows[];
  /** True when one of the closings replaces one that stands. */
  readonly reverses: boolean;
  /** Team of every run that holds something in the closings, as known now, by name. */
  readonly teams: ReadonlyMap<string, string | null>;
};

/** Compares a load with what stands, a few statements for the whole of it. */
export async function newsOf(channel: Channel, load: LoadRows): Promise<LoadNews> {
  const closed = await standingClosings(channel, load.closings);
  const closings = load.closings.filter(
    ({ host, hour, contentHash }) => closed.get(hostHourText(host, hour)) !== contentHash,
  );
  const holders = closings.flatMap(({ pieces }) => pieces.flatMap(({ holder }) => (holder ? [holder] : [])));
  const runs = await standingRuns(channel, [...load.runs.map(({ fact }) => fact.key), ...holders]);
  const teams = new Map([...runs].map(([name, { team }]) => [name, team]));
  for (const { fact } of load.runs) teams.set(runKeyText(fact.key), fact.labels.team);
  const namesOf = (versions: readonly { readonly name: string }[]): string[] => versions.map(({ name }) => name);
  const issues = await standingIssues(channel, namesOf(load.issues));
  const hosts = await standingHosts(channel, namesOf(load.hosts));
  return {
    ...(await attemptNews(channel, load)),
    runs: rowsUnless(load.runs, (name) => runs.get(name)?.content),
    issues: rowsUnless(load.issues, (name) => issues.get(name)),
    hosts: rowsUnless(load.hosts, (name) => hosts.get(name)),
    closings,
    reverses: closings.some(({ host, hour }) => closed.has(hostHourText(host, hour))),
    teams,
  };
}

/** How many rows a load adds; with none it is not worth publishing. */
export function countNews({ runs, attempts, issues, hosts, closings }: LoadNews): number {
  return runs.length + attempts.length + issues.length + hosts.length + closings.length;
}

async function attemptNews(
  channel: Channel,
  load: LoadRows,
): Promise<{ attempts: readonly Row[]; attemptHosts: readonly Row[] }> {
  const keys = load.attempts.map(({ fact }) => fact.key);
  const standing = await standingAttempts(channel, keys);
  const changed = load.attempts.filter(({ name, row }) => standing.get(name)?.content !== row.content_hash);
  return {
    attempts: changed.map(({ row }) => row),
    attemptHosts: changed.flatMap(({ fact, name }) => rowsOfAttemptHosts(fact, standing.get(name)?.lastHosts ?? [])),
  };
}

const rowsUnless = (
  versions: LoadRows['runs'] | LoadRows['issues'] | LoadRows['hosts'],
  standing: (name: string) => string | undefined,
): Row[] => versions.filter(({ name, row }) => standing(name) !== row.content_hash).map(({ row }) => row);
