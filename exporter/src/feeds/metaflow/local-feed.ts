import type { Attempt, RunKey } from '../../facts/attempt';
import type { Holding } from '../../facts/holding';
import type { Issue } from '../../facts/issue';
import type { RunRecord } from '../../facts/run';
import type { Instant } from '../../units/interval';
import { boundedMap } from '../bounded-map';
import type { Feed, FeedPoll, RowCounts } from '../feed';
import { concludeRun } from './conclude-run';
import { shownConfig, variantOf } from './config-variant';
import { type ArtifactReader, artifactReader, type RunArtifacts } from './local-artifacts';
import { readRun, runMark } from './local-tree';
import { type ParsedRun, parseRun } from './parse-run';
import type { RunFiles } from './run-files';
import { goneIssue, type KnownRun, type RunEntry, RunIndex } from './run-index';
import { everySignOf, isPartlyRead } from './run-mark';

/** What a poll is told: the time, and what the store holds; `known` counts in the first poll after a start alone. */
export type MetaflowPollRequest = { readonly now: Instant; readonly known: readonly KnownRun[] };

/**
 * The runs that are new, open or changed, each read in full with all its attempts. At most 500 at once: while
 * `complete` is false more are waiting, and the next poll hands them over.
 */
export type MetaflowPoll = FeedPoll & {
  readonly runs: readonly RunRecord[];
  readonly attempts: readonly Attempt[];
  readonly complete: boolean;
};

/** A Metaflow feed; a caller that could not store a poll says so, and its runs are handed over again. */
export interface MetaflowFeed extends Feed<MetaflowPollRequest, MetaflowPoll> {
  forget(keys: readonly RunKey[]): void;
}

/** A local feed's part of the configuration. */
export type LocalFeedOptions = {
  readonly name: string;
  readonly deployment: string;
  /** The `.metaflow` folder itself. */
  readonly root: string;
  /** Where attempts run for which no holding names a host; null leaves their hosts empty. */
  readonly host: string | null;
  readonly silenceMs: number;
  readonly holdings: readonly Holding[];
  /** Whole ms added to every time and to the run ids, which are microseconds. */
  readonly rebaseMs?: number;
};

const RUNS_A_POLL = 500;
const RUNS_AT_ONCE = 4;
const NOTHING = { issues: [], emptyReason: null };

/** The feed of a local `.metaflow` tree. Polls must not overlap; `poll` throws FeedError on an unreadable tree. */
export function createLocalFeed(options: LocalFeedOptions): MetaflowFeed {
  const { name, root, rebaseMs = 0 } = options;
  const index = new RunIndex({ feed: name, root, rebaseMs });
  const reader: Reader = { options, index, artifacts: artifactReader({ feed: name, root }) };
  let waiting: RunEntry[] = [];
  let found: { readonly issues: readonly Issue[]; readonly emptyReason: string | null } = NOTHING;
  return {
    name,
    forget: (keys) => keys.forEach((key) => index.reopen(key)),
    async poll({ now, known }) {
      if (waiting.length === 0) ({ due: waiting, ...found } = await index.discover(now, known));
      const batch = waiting.slice(0, RUNS_A_POLL);
      const answers = await boundedMap(batch, RUNS_AT_ONCE, (entry) => readEntry(reader, entry, now));
      for (const [at, entry] of batch.entries()) settle(index, entry, answers[at]!);
      waiting = waiting.slice(batch.length);
      const { issues, emptyReason } = found;
      found = NOTHING;
      const seen = answers.filter((answer) => typeof answer === 'object');
      return { ...pollOf(seen, issues), emptyReason, complete: waiting.length === 0 };
    },
  };
}

type Reader = { readonly options: LocalFeedOptions; readonly index: RunIndex; readonly artifacts: ArtifactReader };

type SeenRun = {
  readonly run: RunRecord;
  readonly attempts: readonly Attempt[];
  readonly issues: readonly Issue[];
  readonly rows: RowCounts;
  readonly lastSign: Instant;
};

function pollOf(seen: readonly SeenRun[], issues: readonly Issue[]): Omit<MetaflowPoll, 'emptyReason' | 'complete'> {
  const total = (count: (rows: RowCounts) => number): number => seen.reduce((sum, { rows }) => sum + count(rows), 0);
  return {
    runs: seen.map(({ run }) => run),
    attempts: seen.flatMap(({ attempts }) => attempts),
    issues: [...issues, ...seen.flatMap((one) => one.issues)],
    rows: { accepted: total(({ accepted }) => accepted), rejected: total(({ rejected }) => rejected) },
    newest: seen.reduce<Instant | null>((newest, { lastSign }) => Math.max(newest ?? lastSign, lastSign), null),
  };
}

/** What is to be remembered of a run once the whole poll has succeeded. */
type Memory = Pick<RunEntry, 'state' | 'fingerprint' | 'counted' | 'reported' | 'cache' | 'files'>;

type ReadRun = SeenRun & { readonly memory: Memory; readonly isGone: boolean };

/** Reads one run, unless its directory is gone or does not say that it is a run. */
async function readEntry(reader: Reader, entry: RunEntry, now: Instant): Promise<ReadRun | 'gone' | 'no run'> {
  const { options, artifacts } = reader;
  const { name: feed, root, rebaseMs = 0 } = options;
  const place = { root, flow: entry.flow, run: entry.run };
  const mark = await runMark(place);
  const cache = entry.cache ?? new Map<string, never>();
  const found = await readRun(place, cache);
  const files = found ?? entry.files;
  const parsed = files && parseRun(files, { feed, rebaseMs });
  if (!files || !parsed) return found ? 'no run' : 'gone';
  const seen = seenRun({ options, files, now }, parsed, await artifacts(files));
  const fingerprint = fingerprintOf(seen.run, files, mark);
  const all = found ? seen.issues : [...seen.issues, goneIssue(feed, files.path)];
  const isOpen = seen.run.outcome === 'running';
  const memory: Memory = {
    state: isOpen ? 'open' : seen.run.outcome === 'lost' ? 'lost' : 'closed',
    fingerprint,
    counted: seen.rows,
    reported: all.length === 0 ? '' : JSON.stringify(all),
    cache: isOpen ? cache : null,
    files: isOpen ? files : null,
  };
  const issues = memory.reported === entry.reported ? [] : all;
  const rows = newRows(entry.counted, seen.rows);
  return { ...seen, issues, rows, run: { ...seen.run, fingerprint }, memory, isGone: !found };
}

/** A directory that is gone is forgotten once its run is closed; until then its last files speak for it. */
function settle(index: RunIndex, entry: RunEntry, seen: ReadRun | 'gone' | 'no run'): void {
  if (typeof seen === 'object') Object.assign(entry, seen.memory);
  if (seen === 'gone' || (typeof seen === 'object' && seen.isGone && entry.state !== 'open')) index.drop(entry);
}

function newRows(before: RowCounts, now: RowCounts): RowCounts {
  return {
    accepted: Math.max(0, now.accepted - before.accepted),
    rejected: Math.max(0, now.rejected - before.rejected),
  };
}

type Sighting = { readonly options: LocalFeedOptions; readonly files: RunFiles; readonly now: Instant };

function seenRun({ options, files, now }: Sighting, parsed: ParsedRun, artifacts: RunArtifacts): SeenRun {
  const { name: feed, deployment, holdings, host, silenceMs } = options;
  const { startedAt, user, tags, systemTags, runtime, rows, lastSign } = parsed;
  const key = { deployment, flow: files.flow, run: parsed.run };
  const { graph, graphIssue, configs, configIssues } = artifacts;
  const concluded = concludeRun(parsed, { feed, key, graph, graphIssue, holdings, host, now, silenceMs });
  const { endedAt, outcome, attempts } = concluded;
  const variant = variantOf(tags, configs);
  const config = shownConfig(configs);
  const about = { user, tags, systemTags, runtime, variant, config };
  return {
    run: { key, startedAt, endedAt, outcome, ...about, fingerprint: '' },
    attempts,
    issues: [...parsed.issues, ...concluded.issues, ...configIssues],
    rows,
    lastSign,
  };
}

/** What the next look at the run is compared with; one that was partly unreadable compares equal to nothing. */
function fingerprintOf({ outcome }: RunRecord, files: RunFiles, mark: string | null): string {
  if (outcome === 'running') return 'open';
  const seen = outcome === 'lost' ? everySignOf(files) : (mark ?? 'gone');
  return isPartlyRead(files) ? `partly ${seen}` : seen;
}
