import { join } from 'node:path';
import type { Attempt } from '../../facts/attempt';
import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { FeedError, type RowCounts } from '../feed';
import { issueOf } from './issue';
import type { ArtifactReader } from './local-artifacts';
import type { LocalFeedOptions } from './local-feed-options';
import { readRun, runMark, type TaskCache } from './local-tree';
import { parseRun } from './parse-run';
import type { RunFiles } from './run-files';
import { goneIssue, type RunEntry } from './run-index';
import { everySignOf, isPartlyRead } from './run-mark';
import { belowMark, watchText, WATCH_MS } from './run-watch';
import { seeRun, type SeenRun } from './see-run';

/** What reading a run needs beside the run. */
export type EntryReader = { readonly options: LocalFeedOptions; readonly artifacts: ArtifactReader };

/** What is to be remembered of a run once the whole poll has succeeded. */
export type EntryMemory = Omit<RunEntry, 'flow' | 'run'>;

/** A run that was read, or why not: `issues` are those not told before. */
export type EntryReading = {
  readonly seen: SeenRun | null;
  readonly issues: readonly Issue[];
  readonly memory: Partial<EntryMemory>;
  readonly isGone: boolean;
};

type Look = { readonly entry: RunEntry; readonly now: Instant; readonly own: string | null; readonly cache: TaskCache };
type Fault = { readonly issue: Issue; readonly isGone: boolean };

/**
 * Reads one run. Where its directory is gone or refuses, or what lies in it cannot be parsed, the files that were last
 * read speak for an open run, so that silence can close it. Throws FeedError, and what else the system says.
 */
export async function readEntry(reader: EntryReader, entry: RunEntry, now: Instant): Promise<EntryReading> {
  const { name: feed, root } = reader.options;
  const place = { root, flow: entry.flow, run: entry.run };
  const path = join(entry.flow, entry.run);
  const look: Look = { entry, now, own: await runMark(place), cache: entry.cache ?? new Map<string, never>() };
  try {
    const files = await readRun(place, look.cache);
    if (!('problem' in files)) return await reading(reader, look, { files, fault: null });
    const isGone = files.problem === 'missing';
    const issue = isGone ? goneIssue(feed, path) : unlistable(feed, path, files.reason);
    return await lastWords(reader, look, { issue, isGone });
  } catch (error) {
    if (isOfSystem(error)) throw error;
    return lastWords(reader, look, { issue: unparsable(feed, path, error), isGone: false });
  }
}

async function lastWords(reader: EntryReader, look: Look, fault: Fault): Promise<EntryReading> {
  const { files } = look.entry;
  if (files !== null) return reading(reader, look, { files, fault });
  return { ...withoutRun(look, fault.isGone ? [] : [fault.issue]), isGone: fault.isGone };
}

async function reading(
  { options, artifacts }: EntryReader,
  look: Look,
  { files, fault }: { readonly files: RunFiles; readonly fault: Fault | null },
): Promise<EntryReading> {
  const { entry, now, own, cache } = look;
  const parsed = parseRun(files, { feed: options.name, rebaseMs: options.rebaseMs ?? 0 });
  if (parsed.startedAt === null) return withoutRun(look, parsed.issues);
  const seen = seeRun(parsed, { options, flow: files.flow, artifacts: await artifacts(files), now });
  const fingerprint = fingerprintOf(seen, files, fault === null ? own : null);
  const all = fault === null ? seen.issues : [...seen.issues, fault.issue];
  const { outcome, endedAt } = seen.run;
  const isOpen = outcome === 'running';
  const state = isOpen ? 'open' : outcome === 'lost' ? 'lost' : 'closed';
  const memory: EntryMemory = {
    state,
    fingerprint,
    watched: state === 'closed' && endedAt !== null && now < endedAt + WATCH_MS,
    counted: seen.rows,
    reported: reportOf(all),
    cache: isOpen ? cache : null,
    files: isOpen ? files : null,
  };
  const issues = memory.reported === entry.reported ? [] : all;
  const rows = newRows(entry.counted, seen.rows);
  const run = { ...seen.run, fingerprint };
  return { seen: { ...seen, rows, run }, issues, memory, isGone: fault?.isGone === true && !isOpen };
}

function withoutRun({ entry }: Look, all: readonly Issue[]): EntryReading {
  const reported = reportOf(all);
  return { seen: null, issues: reported === entry.reported ? [] : all, memory: { reported }, isGone: false };
}

const reportOf = (issues: readonly Issue[]): string => (issues.length === 0 ? '' : JSON.stringify(issues));

function newRows(before: RowCounts, now: RowCounts): RowCounts {
  return {
    accepted: Math.max(0, now.accepted - before.accepted),
    rejected: Math.max(0, now.rejected - before.rejected),
  };
}

/** What the next look at the run is compared with; one that was not read in full compares equal to nothing. */
function fingerprintOf({ run, attempts }: SeenRun, files: RunFiles, own: string | null): string {
  const { outcome, endedAt } = run;
  if (outcome === 'running') return 'open';
  const partly = isPartlyRead(files) ? 'partly ' : '';
  if (outcome === 'lost') return `${partly}${everySignOf(files)}`;
  if (own === null || endedAt === null) return 'partly';
  const depth = outcome === 'succeeded' && attempts.every(hasOwnEnd) ? 'steps' : 'tasks';
  return partly + watchText({ own, depth, below: belowMark(files.folders, depth), until: endedAt + WATCH_MS });
}

/** False for an attempt that was closed with its run, because nothing of its own says when it ended. */
const hasOwnEnd = ({ endSource }: Attempt): boolean =>
  endSource !== 'heartbeat' && endSource !== 'run_heartbeat' && endSource !== 'last_record';

/** The system's own failures may pass and are worth another poll; anything else thrown is what the files caused. */
function isOfSystem(error: unknown): boolean {
  return error instanceof FeedError || (error instanceof Error && 'syscall' in error);
}

function unlistable(feed: string, path: string, reason: string): Issue {
  return issueOf(feed, {
    code: 'unreadable_file',
    file: path,
    reason: `The folder of the run ${reason}, so nothing new of it is known.`,
    remedy: 'Let the exporter list the folder; until then the files that it last read count.',
  });
}

function unparsable(feed: string, path: string, error: unknown): Issue {
  return issueOf(feed, {
    code: 'bad_value',
    file: path,
    value: error instanceof Error ? error.message : String(error),
    reason: 'Something in the files of the run cannot be read as a run, so nothing new of it is known.',
    remedy: 'Restore the files from a backup, or move the folder away; the other runs are not affected.',
  });
}
