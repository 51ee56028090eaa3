import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attempt } from '../../../../exporter/src/facts/attempt';
import type { RunRecord } from '../../../../exporter/src/facts/run';
import {
  createLocalFeed,
  type MetaflowFeed,
  type MetaflowPoll,
} from '../../../../exporter/src/feeds/metaflow/local-feed';
import type { LocalFeedOptions } from '../../../../exporter/src/feeds/metaflow/local-feed-options';
import type { KnownRun } from '../../../../exporter/src/feeds/metaflow/run-index';

const FIXTURES = join(__dirname, '../../../fixtures/metaflow');

/** An hour after the recording's last run. */
export const AFTER = Date.parse('2026-11-21T05:30:00Z');
export const MINUTE = 60_000;
export const DAY = 86_400_000;

const folders: string[] = [];

/** A fresh folder that goes away with the tests. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flowledger-metaflow-'));
  folders.push(folder);
  return folder;
}

/** Removes every folder made; for `afterAll`. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Unpacks the recorded tree, file times with their fractions of a second; returns its `.metaflow`. */
export function unpackRecording(): string {
  const folder = freshFolder();
  execFileSync('tar', ['xzf', join(FIXTURES, 'local.tar.gz'), '-C', folder]);
  return join(folder, '.metaflow');
}

/** The rows of a tab-separated table below its header. */
export function recordedTable(): Record<string, string>[] {
  const [header, ...lines] = readFileSync(join(FIXTURES, 'local.attempts.tsv'), 'utf8').trimEnd().split('\n');
  const names = header!.split('\t');
  return lines.map((line) => Object.fromEntries(line.split('\t').map((cell, index) => [names[index]!, cell])));
}

/** A feed of `root` with nothing declared. */
export function feedOf(root: string, options: Partial<LocalFeedOptions> = {}): MetaflowFeed {
  const silenceMs = DAY;
  return createLocalFeed({
    name: 'local',
    deployment: 'laptop',
    root,
    host: null,
    silenceMs,
    holdings: [],
    ...options,
  });
}

/** Polls until the feed has told all it knows. */
export async function pollAll(feed: MetaflowFeed, now: number, known: readonly KnownRun[] = []): Promise<MetaflowPoll> {
  const polls: MetaflowPoll[] = [];
  do polls.push(await feed.poll({ now, known }));
  while (!polls[polls.length - 1]!.complete);
  return {
    ...polls[polls.length - 1]!,
    runs: polls.flatMap(({ runs }) => runs),
    attempts: polls.flatMap(({ attempts }) => attempts),
    issues: polls.flatMap(({ issues }) => issues),
  };
}

/** One attempt as one line: start, end, source, outcome and clone mark. */
export function lineOf({ key, start, end, endSource, outcome, isClone }: Attempt): string {
  const name = `${key.flow}/${key.step}/${key.task}/${key.attempt}`;
  return [name, start, end ?? 'open', endSource, outcome, isClone ? 'clone' : ''].join(' ').trimEnd();
}

/** The runs of a flow, oldest first. */
export function runsOf({ runs }: Pick<MetaflowPoll, 'runs'>, flow: string): RunRecord[] {
  return runs.filter(({ key }) => key.flow === flow).sort((a, b) => a.startedAt - b.startedAt);
}

/** Every file below a folder, with its time in ns, oldest first. */
export function filesBelow(folder: string): { path: string; modified: bigint }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((path) => ({ path, modified: statSync(path, { bigint: true }).mtimeNs }))
    .sort((a, b) => (a.modified < b.modified ? -1 : a.modified > b.modified ? 1 : a.path < b.path ? -1 : 1));
}
