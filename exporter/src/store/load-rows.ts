import { assert } from '../assert';
import { type Attempt, attemptKeyText, runKeyText } from '../facts/attempt';
import type { DiscoveredHost } from '../facts/host';
import type { Issue } from '../facts/issue';
import type { Run } from '../facts/run';
import { hashOf, hashOfSet } from './content-hash';
import type { Row } from './engine';
import { rowOfAttempt } from './rows/attempt-row';
import { type ClosingRows, rowsOfClosing } from './rows/closing-row';
import { rowOfHost } from './rows/host-row';
import { mergeIssues, rowOfIssue } from './rows/issue-row';
import { rowOfRun } from './rows/run-row';
import { hostHourText } from './standing';
import type { Load } from './store';

/** A fact ready to be stored: its name among its kind, and the row with its content hash. */
export type Version<Fact> = {
  readonly fact: Fact;
  readonly name: string;
  readonly row: Row & { readonly content_hash: string };
};

/** All rows of a load, none of them compared yet with what the store has. */
export type LoadRows = {
  readonly runs: readonly Version<Run>[];
  readonly attempts: readonly Version<Attempt>[];
  readonly closings: readonly ClosingRows[];
  readonly issues: readonly Version<Issue>[];
  readonly hosts: readonly Version<DiscoveredHost>[];
  /** SHA-256 of the content, whatever the order in which it was listed. */
  readonly contentHash: string;
};

/** Turns a load into rows. @throws InvariantError when a fact is there twice or a closing is not whole. */
export function rowsOfLoad(load: Load): LoadRows {
  const runs = load.runs.map((fact) => ({ fact, name: runKeyText(fact.key), row: rowOfRun(fact) }));
  const attempts = load.attempts.map((fact) => ({ fact, name: attemptKeyText(fact.key), row: rowOfAttempt(fact) }));
  const closings = load.closings.map(rowsOfClosing);
  const issues = mergeIssues(load.issues).map((fact) => {
    const row = rowOfIssue(fact);
    return { fact, name: row.place, row };
  });
  const hosts = (load.hosts ?? []).map((fact) => ({ fact, name: fact.name, row: rowOfHost(fact) }));
  assertDistinct(
    'run',
    runs.map(({ name }) => name),
  );
  assertDistinct(
    'attempt',
    attempts.map(({ name }) => name),
  );
  assertDistinct(
    'host-hour',
    closings.map(({ host, hour }) => hostHourText(host, hour)),
  );
  assertDistinct(
    'host',
    hosts.map(({ name }) => name),
  );
  const sections = [runs, attempts, issues].map((versions) => hashOfSet(versions.map(({ row }) => row.content_hash)));
  sections.push(hashOfSet(closings.map((closing) => closing.contentHash)));
  // The hash of a load without hosts is what it was before loads had any: its key must find it again.
  if (hosts.length > 0) sections.push(hashOfSet(hosts.map(({ row }) => row.content_hash)));
  return { runs, attempts, closings, issues, hosts, contentHash: hashOf(sections.join('\n')) };
}

function assertDistinct(what: string, names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    assert(!seen.has(name), `One load has the ${what} ${name} twice.`);
    seen.add(name);
  }
}
