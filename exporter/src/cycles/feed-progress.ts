import { type RunKey, runKeyText } from '../facts/attempt';
import type { FeedHealth } from '../facts/published';
import { type Issue, NOWHERE } from '../facts/issue';
import type { MetaflowPoll, MetaflowPollRequest } from '../feeds/metaflow/local-feed';
import type { BackgroundFeed } from '../feeds/feed';
import type { GpuBatch } from '../feeds/gpu/gpu-batch';
import type { ClusterBatch } from '../feeds/kubernetes/cluster-batch';
import type { PolledFeed, PollOutcome } from '../feeds/poll-feed';
import type { KnownRun } from '../store/store';
import type { Instant } from '../units/interval';

/** A Metaflow feed as the keeper polls it. */
export type KeptFeed = {
  readonly source: PolledFeed<MetaflowPollRequest, MetaflowPoll>;
  /** Told of runs that could not be stored: they are handed over again. */
  readonly forget: (keys: readonly RunKey[]) => void;
  readonly deployment: string;
  readonly pollMs: number;
  /** It reads this machine's own files: a cycle waits until it has told all it knows. */
  readonly isLocal?: boolean;
  /** Says under which configuration runs were read; another one makes the feed read them again. */
  readonly configHash: string;
};

/** A cluster whose pods are tied to the runs of one Metaflow deployment. */
export type KeptCluster = { readonly source: BackgroundFeed<ClusterBatch>; readonly deployment: string };

/** GPU telemetry, as the keeper takes it in. */
export type KeptGpus = BackgroundFeed<GpuBatch>;

/** A poll under way: since when the facts of its first part stand, and its answer. */
export type Polling = { readonly since: Instant; readonly answer: Promise<PollOutcome<MetaflowPoll>> };

/** How far a feed has been read. */
export type FeedProgress = {
  readonly feed: KeptFeed;
  known: readonly KnownRun[];
  polledAt: Instant | null;
  /** Set while the feed answers: it may take longer than one cycle. */
  polling: Polling | null;
  readonly toldIssues: ToldIssues;
  /** Runs shown since this process started; kept until the vanished ones were looked for. */
  readonly seenRuns: Set<string>;
  /** Some of what the store knows was read under another configuration: it is read again. */
  readonly isReread: boolean;
  /** Its source is not there at all. */
  isEmpty: boolean;
};

/** A feed before its first poll; what the store knows counts only where it was read under the same configuration. */
export function unread(feed: KeptFeed, known: readonly KnownRun[]): FeedProgress {
  // A run that only pods have told of carries no fingerprint, and its feed never read it.
  const told = known.filter(({ fingerprint }) => /^\S+ /.test(fingerprint));
  const usable = underSameConfig(told, feed.configHash);
  const isReread = usable.length < told.length;
  const unpolled = { polledAt: null, polling: null, isReread, isEmpty: false };
  return { feed, known: usable, toldIssues: new Map(), seenRuns: new Set(), ...unpolled };
}

/** True when a feed is to be polled; a clock that was set back does not keep it from it. */
export function isDue({ feed, polledAt, polling }: FeedProgress, now: Instant): boolean {
  return polling !== null || polledAt === null || Math.abs(now - polledAt) >= feed.pollMs;
}

/** The instant up to which every feed and cluster has been read; null until each was read once. */
export function completeUntilOf(
  feeds: readonly FeedProgress[],
  clusters: ReadonlyMap<string, Instant | null>,
): Instant | null {
  const polled = [...feeds.map(({ polledAt }) => polledAt), ...clusters.values()];
  return polled.length === 0 || polled.includes(null) ? null : Math.min(...polled.map((at) => at!));
}

/** The newest instant that any feed or cluster was read at; `before` is where the last process left off. */
export function untilOf(
  feeds: readonly FeedProgress[],
  clusters: ReadonlyMap<string, Instant | null>,
  before: Instant | null,
): Instant | null {
  const polled = [...feeds.map(({ polledAt }) => polledAt), ...clusters.values()].filter((at) => at !== null);
  return polled.length === 0 ? before : Math.max(...polled);
}

/** What was told of each place last, by place. */
export type ToldIssues = Map<string, string>;

/** The issues that are news: of a place of which nothing, or something else, was told last in this process. */
export function newIssues(told: ToldIssues, issues: readonly Issue[]): Issue[] {
  return issues.filter((issue) => {
    const { reason: _reason, remedy: _remedy, count: _count, ...place } = issue;
    const [name, text] = [JSON.stringify(place), JSON.stringify(issue)];
    const before = told.get(name);
    told.set(name, text);
    return before !== text;
  });
}

/** Runs as the store keeps them: their fingerprints say under which configuration they were read. */
export function stamped(feed: KeptFeed, poll: MetaflowPoll): MetaflowPoll['runs'] {
  return poll.runs.map((run) => ({ ...run, fingerprint: `${feed.configHash} ${run.fingerprint}` }));
}

function underSameConfig(known: readonly KnownRun[], configHash: string): KnownRun[] {
  const prefix = `${configHash} `;
  return known
    .filter(({ fingerprint }) => fingerprint.startsWith(prefix))
    .map((run) => ({ ...run, fingerprint: run.fingerprint.slice(prefix.length) }));
}

/** One issue for every feed that failed its last poll. */
export function failedFeedIssues(health: readonly FeedHealth[]): Issue[] {
  return health
    .filter(({ up, error }) => !up && error !== null)
    .map(({ feed, error }) => ({
      code: 'feed_failed' as const,
      feed,
      ...NOWHERE,
      reason: `The feed cannot be read: ${error}`,
      remedy: `Make the source of the feed ${feed} readable; what it showed last stands until then.`,
    }));
}

/** Notes which runs a feed has shown. */
export function noteRuns({ seenRuns }: FeedProgress, poll: MetaflowPoll): void {
  for (const { key } of poll.runs) seenRuns.add(runKeyText(key));
}
