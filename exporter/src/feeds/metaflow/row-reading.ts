import { createHash } from 'node:crypto';
import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { FeedError, type RowCounts } from '../feed';
import type { MetaflowFeedOptions } from './feed-options';
import { issueOf } from './issue';
import type { ParsedRun } from './parse-run';
import { fingerprintOf, looksOver, type RowEntry, stateOf } from './row-index';
import { type RowSource, type RunDetails, UnreadableRun } from './row-source';
import { parseRunRows } from './rows-to-run';
import { seeRun, type SeenRun } from './see-run';

/** What reading a run needs beside the run. */
export type RowReader = { readonly options: MetaflowFeedOptions; readonly source: RowSource };

/** A run that was read, or why not. */
export type RowReading = {
  readonly seen: SeenRun | null;
  /** The same facts have been told before. */
  readonly isOld: boolean;
  /** Those that were not told before. */
  readonly issues: readonly Issue[];
  /** What is to be remembered once the whole poll has succeeded. */
  readonly memory: Partial<RowEntry>;
};

/** A run that gave no heartbeat at all may well be silent for so long while it works. */
const WITHOUT_HEARTBEATS_MS = 86_400_000;

/**
 * Reads one run. Of one that is gone or cannot be read, what was last read speaks, so that silence can close it.
 * Throws FeedError when the source itself cannot be asked.
 */
export async function readRowEntry(reader: RowReader, entry: RowEntry, now: Instant): Promise<RowReading> {
  if (entry.isGone) return lastWords(reader, { entry, now }, goneIssue(reader, entry));
  try {
    return reading(reader, { entry, now, details: await reader.source.details(entry), fault: null });
  } catch (error) {
    if (error instanceof FeedError && !(error instanceof UnreadableRun)) throw error;
    return lastWords(reader, { entry, now }, unreadable(reader, { entry, error }));
  }
}

/** What was last read of a run that cannot be read now, and why it cannot. */
export function lastWordsOf(
  reader: RowReader,
  { entry, now }: { readonly entry: RowEntry; readonly now: Instant },
  error: FeedError,
): RowReading {
  return lastWords(reader, { entry, now }, unreadable(reader, { entry, error }));
}

type Look = { readonly entry: RowEntry; readonly now: Instant };

function lastWords(reader: RowReader, look: Look, fault: Issue): RowReading {
  const { entry } = look;
  if (entry.details !== null) return reading(reader, { ...look, details: entry.details, fault });
  const memory = entry.isGone ? { state: 'closed' as const, isStale: false } : {};
  return withoutRun(entry, [fault], memory);
}

function reading(
  { options, source }: RowReader,
  { entry, now, details, fault }: Look & { readonly details: RunDetails; readonly fault: Issue | null },
): RowReading {
  const { flow, run } = entry;
  const context = { feed: options.name, flow, run, now, sources: source.places(entry) };
  const parsed = parseRunRows({ run: entry.row, ...details }, context);
  const faults = fault === null ? [] : [fault];
  const isRead = fault === null || entry.isGone;
  const memory = isRead ? { isStale: false, failures: 0, looks: looksOver(entry.endedAt, now) } : {};
  if (parsed.startedAt === null) return withoutRun(entry, [...parsed.issues, ...faults], memory);
  const silenceMs = hasHeartbeats(parsed) ? options.silenceMs : Math.max(options.silenceMs, WITHOUT_HEARTBEATS_MS);
  const { artifacts } = details;
  const seen = seeRun(parsed, { options: { ...options, silenceMs }, flow, artifacts, now });
  const { outcome, endedAt } = seen.run;
  const fingerprint = outcome === 'running' ? 'open' : fingerprintOf(entry, endedAt);
  const told = markOf(seen);
  const issues = [...seen.issues, ...faults];
  const reported = reportOf(issues);
  return {
    seen: { ...seen, run: { ...seen.run, fingerprint }, rows: newRows(entry.counted, seen.rows) },
    isOld: told === entry.told,
    issues: reported === entry.reported ? [] : issues,
    memory: {
      ...memory,
      ...(isRead ? { looks: looksOver(endedAt, now) } : {}),
      state: stateOf(outcome),
      endedAt,
      told,
      reported,
      counted: seen.rows,
      details: outcome === 'running' || entry.isGone ? details : null,
    },
  };
}

function withoutRun({ reported: before }: RowEntry, issues: readonly Issue[], memory: Partial<RowEntry>): RowReading {
  const reported = reportOf(issues);
  return {
    seen: null,
    isOld: true,
    issues: reported === before ? [] : issues,
    memory: { ...memory, reported },
  };
}

const hasHeartbeats = ({ heartbeat, tasks }: ParsedRun): boolean =>
  heartbeat !== null || tasks.some((task) => task.heartbeat !== null);

const reportOf = (issues: readonly Issue[]): string => (issues.length === 0 ? '' : JSON.stringify(issues));

/** A hash of a run's facts; a later sign of life of an open attempt is none. */
function markOf({ run, attempts }: SeenRun): string {
  const lasting = attempts.map(({ lastSign: _lastSign, ...rest }) => rest);
  const text = JSON.stringify([run, lasting], (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

function newRows(before: RowCounts, now: RowCounts): RowCounts {
  return {
    accepted: Math.max(0, now.accepted - before.accepted),
    rejected: Math.max(0, now.rejected - before.rejected),
  };
}

function goneIssue({ options, source }: RowReader, entry: RowEntry): Issue {
  return issueOf(options.name, {
    code: 'unreadable_file',
    file: source.places(entry).run,
    reason: 'A run that had not ended is there no more, so nothing says when it ended.',
    remedy: 'Nothing, where it was removed on purpose: it is closed at its last sign and its cost is kept.',
  });
}

function unreadable(
  { options, source }: RowReader,
  { entry, error }: { readonly entry: RowEntry; readonly error: unknown },
): Issue {
  const reason = error instanceof UnreadableRun ? error.reason : error instanceof Error ? error.message : String(error);
  return issueOf(options.name, {
    code: error instanceof FeedError ? 'unreadable_file' : 'bad_value',
    file: source.places(entry).metadata,
    reason: `What is recorded of the run cannot be read, so nothing new of it is known: ${reason}`,
    remedy: 'Ask for the address by hand and see what is wrong with it; the other runs are not affected.',
  });
}
