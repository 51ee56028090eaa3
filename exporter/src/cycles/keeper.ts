import { createHash } from 'node:crypto';
import { InvariantError } from '../assert';
import { type RunKey, runKeyText } from '../facts/attempt';
import type { Host } from '../facts/host';
import type { Issue } from '../facts/issue';
import type { PublishedState } from '../facts/published';
import type { Labels, RunRecord } from '../facts/run';
import type { MetaflowPoll, MetaflowPollRequest } from '../feeds/metaflow/local-feed';
import type { PolledFeed } from '../feeds/poll-feed';
import type { HostHour } from '../ledger/restate';
import type { KnownRun } from '../store/store';
import type { Instant } from '../units/interval';
import { assignHosts } from './assign-host';
import { type StateContext, stateBuilder } from './build-state';
import { closeHours, type Standing, standingOf } from './close-hours';
import { ingest } from './ingest';
import { relabel } from './relabel';
import { unpricedIssues } from './unpriced-issues';
import { vanishedRuns } from './vanished-runs';

/** A Metaflow feed as the keeper polls it. */
export type KeptFeed = {
  readonly source: PolledFeed<MetaflowPollRequest, MetaflowPoll>;
  /** Told of runs that could not be stored: they are handed over again. */
  readonly forget: (keys: readonly RunKey[]) => void;
  readonly deployment: string;
  readonly pollMs: number;
  /** Says under which configuration runs were read; another one makes the feed read them again. */
  readonly configHash: string;
};

/** What the keeper is about to do. */
export type Phase = 'ingest' | 'close' | 'state';

/** Everything a keeper works with. */
export type KeeperContext = StateContext & {
  readonly feeds: readonly KeptFeed[];
  readonly labelsOf: (run: RunRecord) => Labels;
  readonly yamlToPaste: (host: Host) => string;
  readonly closeDelayMs: number;
  /** Told what the keeper is about to do; the kill tests aim by it. */
  readonly onPhase?: (phase: Phase) => void;
};

/** Walks feeds → store → ledger → published state, one cycle at a time. */
export type Keeper = {
  /** One cycle: polls what is due, closes what is due, and returns the new state. Never run twice at once. */
  cycle(at: Instant): Promise<PublishedState>;
};

/** Opens the ledger where the last process left it; the first cycle closes again what was closed at other prices. */
export async function createKeeper(context: KeeperContext, at: Instant): Promise<Keeper> {
  const { store, estate, labelsOf } = context;
  const asOf = await relabel({ store, labelsOf, at }, await store.lastLoad());
  const { stale, ...standing } = await standingOf({ store, estate }, asOf);
  const feeds: FeedProgress[] = [];
  for (const feed of context.feeds) {
    const known = await store.knownRuns(feed.deployment, asOf);
    const usable = underSameConfig(known, feed.configHash);
    feeds.push({ feed, known: usable, polledAt: null, seenIssues: new Set(), seenRuns: new Set(), isEmpty: false });
  }
  const progress: Progress = {
    standing,
    again: stale,
    feeds,
    issues: [],
    invariantViolations: 0,
    lookedForVanished: false,
  };
  const buildState = stateBuilder(context);
  return {
    async cycle(now) {
      for (const one of feeds) if (isDue(one, now)) await pollOne(context, progress, { one, now });
      await closeVanished(context, progress, now);
      await closeDue(context, progress, now);
      context.onPhase?.('state');
      const completeUntil = completeUntilOf(feeds);
      const issues = [...progress.issues, ...unpricedIssues(estate, completeUntil ?? now, context.yamlToPaste)];
      const { invariantViolations } = progress;
      const health = feeds.map(({ feed }) => feed.source.health());
      return buildState({
        standing: progress.standing,
        at: now,
        completeUntil,
        feeds: health,
        issues,
        invariantViolations,
      });
    },
  };
}

type FeedProgress = {
  readonly feed: KeptFeed;
  known: readonly KnownRun[];
  polledAt: Instant | null;
  readonly seenIssues: Set<string>;
  readonly seenRuns: Set<string>;
  /** Its source is not there at all. */
  isEmpty: boolean;
};

type Progress = {
  standing: Standing;
  again: readonly HostHour[];
  readonly feeds: readonly FeedProgress[];
  issues: readonly Issue[];
  invariantViolations: number;
  /** Open runs that no feed shows are looked for once, when every feed has been read. */
  lookedForVanished: boolean;
};

const isDue = ({ feed, polledAt }: FeedProgress, now: Instant): boolean =>
  polledAt === null || now - polledAt >= feed.pollMs;

/** Polls one feed until it has told all it knows, storing each part as it comes. */
async function pollOne(
  context: KeeperContext,
  progress: Progress,
  { one, now }: { one: FeedProgress; now: Instant },
): Promise<void> {
  const { feed } = one;
  context.onPhase?.('ingest');
  for (let complete = false; !complete;) {
    const outcome = await feed.source.poll({ now, known: one.known });
    if (outcome.outcome === 'failed') return;
    complete = outcome.poll.complete;
    one.isEmpty = outcome.outcome === 'empty';
    await storeOrForget(context, progress, { one, poll: outcome.poll, now });
  }
  one.known = [];
  one.polledAt = now;
}

type Polled = { one: FeedProgress; poll: MetaflowPoll; now: Instant };

async function storeOrForget(context: KeeperContext, progress: Progress, polled: Polled): Promise<void> {
  try {
    await store(context, progress, polled);
  } catch (error) {
    polled.one.feed.forget(polled.poll.runs.map(({ key }) => key));
    polled.one.seenIssues.clear();
    throw error;
  }
}

async function store(context: KeeperContext, progress: Progress, { one, poll, now }: Polled): Promise<void> {
  const { estate, labelsOf } = context;
  const { name } = one.feed.source;
  const placed = assignHosts(poll.attempts, estate, name);
  const issues = [...poll.issues, ...placed.issues].filter((issue) => isNew(one.seenIssues, issue));
  if (!progress.lookedForVanished) for (const { key } of poll.runs) one.seenRuns.add(runKeyText(key));
  const runs = poll.runs.map((run) => ({ ...run, fingerprint: `${one.feed.configHash} ${run.fingerprint}` }));
  const { asOf, closed } = progress.standing;
  const reached = await ingest(
    { store: context.store, estate, closed, labelsOf, at: now, asOf },
    { feed: name, runs, attempts: placed.attempts, issues },
  );
  progress.standing = { asOf: reached, closed };
}

async function closeVanished(context: KeeperContext, progress: Progress, at: Instant): Promise<void> {
  const { store, estate, labelsOf } = context;
  const { feeds, standing } = progress;
  if (progress.lookedForVanished || completeUntilOf(feeds) === null) return;
  const seen = new Set(feeds.flatMap(({ seenRuns }) => [...seenRuns]));
  const absent = new Set(feeds.filter(({ isEmpty }) => isEmpty).map(({ feed }) => feed.deployment));
  const vanished = await vanishedRuns({ store, at, seen, absent }, standing.asOf);
  const reached = await ingest(
    { store, estate, closed: standing.closed, labelsOf, at, asOf: standing.asOf },
    { feed: 'vanished', ...vanished, issues: [] },
  );
  progress.standing = { ...standing, asOf: reached };
  progress.lookedForVanished = true;
}

function isNew(seen: Set<string>, issue: Issue): boolean {
  const text = JSON.stringify(issue);
  if (seen.has(text)) return false;
  seen.add(text);
  return true;
}

/** Hours are closed once every feed has told what it knows of them; a broken invariant leaves them open, counted. */
async function closeDue(context: KeeperContext, progress: Progress, at: Instant): Promise<void> {
  const known = completeUntilOf(progress.feeds);
  if (known === null) return;
  context.onPhase?.('close');
  try {
    const { store, estate, closeDelayMs } = context;
    const closable = { store, estate, at, closableUntil: known - closeDelayMs };
    progress.standing = await closeHours(closable, progress.standing, progress.again);
    progress.again = [];
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error;
    progress.invariantViolations += 1;
  }
}

/** The instant up to which every feed has been read; null until each was read once. */
function completeUntilOf(feeds: readonly FeedProgress[]): Instant | null {
  const polled = feeds.map(({ polledAt }) => polledAt);
  return polled.some((at) => at === null) || polled.length === 0 ? null : Math.min(...polled.map((at) => at!));
}

/** A stored fingerprint counts only when the run was read under the configuration in force. */
function underSameConfig(known: readonly KnownRun[], configHash: string): KnownRun[] {
  const prefix = `${configHash} `;
  return known
    .filter(({ fingerprint }) => fingerprint.startsWith(prefix))
    .map((run) => ({ ...run, fingerprint: run.fingerprint.slice(prefix.length) }));
}

/** A short hash of whatever decides how a feed reads its runs. */
export function configHashOf(parts: unknown): string {
  const text = JSON.stringify(parts, (_key, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
