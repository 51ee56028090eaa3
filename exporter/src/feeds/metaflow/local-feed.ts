import type { RunKey, ToldAttempt } from '../../facts/attempt';
import type { Issue } from '../../facts/issue';
import type { RunRecord } from '../../facts/run';
import type { Instant } from '../../units/interval';
import { boundedMap } from '../bounded-map';
import type { Feed, FeedPoll } from '../feed';
import { artifactReader } from './local-artifacts';
import { type EntryReading, type EntryReader, readEntry } from './read-entry';
import type { LocalFeedOptions } from './local-feed-options';
import { type KnownRun, type RunEntry, RunIndex } from './run-index';
import { factsOf } from './see-run';

/** What a poll is told: the time, and what the store holds; `known` counts in the first poll after a start alone. */
export type MetaflowPollRequest = { readonly now: Instant; readonly known: readonly KnownRun[] };

/**
 * The runs that are new, open or changed, each read in full with all its attempts. At most 500 at once: while
 * `complete` is false more are waiting, and the next poll hands them over.
 */
export type MetaflowPoll = FeedPoll & {
  readonly runs: readonly RunRecord[];
  readonly attempts: readonly ToldAttempt[];
  readonly complete: boolean;
};

/** A Metaflow feed; a caller that could not store a poll says so, and its runs are handed over again. */
export interface MetaflowFeed extends Feed<MetaflowPollRequest, MetaflowPoll> {
  forget(keys: readonly RunKey[]): void;
}

const RUNS_A_POLL = 500;
const RUNS_AT_ONCE = 4;
const NOTHING = { issues: [], emptyReason: null };

/** The feed of a local `.metaflow` tree. Polls must not overlap; `poll` throws FeedError on an unreadable tree. */
export function createLocalFeed(options: LocalFeedOptions): MetaflowFeed {
  const { name, root, rebaseMs = 0 } = options;
  const index = new RunIndex({ feed: name, root, rebaseMs });
  const reader: EntryReader = { options, artifacts: artifactReader({ feed: name, root }) };
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
      const { emptyReason } = found;
      const issues = [...found.issues, ...answers.flatMap((answer) => answer.issues)];
      found = NOTHING;
      const seen = answers.flatMap((answer) => (answer.seen === null ? [] : [answer.seen]));
      return { ...factsOf(seen), issues, emptyReason, complete: waiting.length === 0 };
    },
  };
}

/** A directory that is gone is forgotten once its run is closed; until then its last files speak for it. */
function settle(index: RunIndex, entry: RunEntry, { memory, isGone }: EntryReading): void {
  Object.assign(entry, memory);
  if (isGone) index.drop(entry);
}
