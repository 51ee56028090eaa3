import { InvariantError } from '../assert';
import { type Issue, NOWHERE } from '../facts/issue';
import type { PublishedState } from '../facts/published';
import type { Labels, RunRecord } from '../facts/run';
import type { MetaflowPoll } from '../feeds/metaflow/local-feed';
import type { HostHour } from '../ledger/restate';
import type { Instant } from '../units/interval';
import { assignHosts } from './assign-host';
import { type StateContext, stateBuilder } from './build-state';
import { clearIssues } from './clear-issues';
import { contentHash } from './content-hash';
import { closeHours, type Standing, standingOf } from './close-hours';
import {
  completeUntilOf,
  failedFeedIssues,
  type FeedProgress,
  isDue,
  type KeptFeed,
  newIssues,
  noteRuns,
  stamped,
  unread,
  untilOf,
} from './feed-progress';
import { ingest, type SeenRuns } from './ingest';
import { type SpansAt, spansReader } from './ledger-span';
import { orphanedDeployments } from './orphaned-deployments';
import { relabel } from './relabel';
import { vanishedRuns } from './vanished-runs';

/** What the keeper is about to do. */
export type Phase = 'ingest' | 'close' | 'state';

/** Everything a keeper works with. */
export type KeeperContext = StateContext & {
  readonly feeds: readonly KeptFeed[];
  readonly labelsOf: (run: RunRecord) => Labels;
  readonly closeDelayMs: number;
  /** Told of a feed that begins to fail or is read again, and of a broken invariant. */
  readonly onFault?: (message: string) => void;
  /** Told what the keeper is about to do; the kill tests aim by it. */
  readonly onPhase?: (phase: Phase) => void;
};

/** Walks feeds → store → ledger → published state, one cycle at a time. */
export type Keeper = {
  /** One cycle: polls what is due, closes what is due, and returns the new state. Never run twice at once. */
  cycle(at: Instant): Promise<PublishedState>;
};

type Progress = {
  readonly spansAt: SpansAt;
  readonly feeds: readonly FeedProgress[];
  /** When the last process stored something. */
  readonly leftOffAt: Instant | null;
  standing: Standing;
  again: readonly HostHour[];
  issues: readonly Issue[];
  broken: Issue | null;
  invariantViolations: number;
  /** Open runs that no feed shows are looked for once, when every feed has been read. */
  lookedForVanished: boolean;
};

/** Opens the ledger where the last process left it; the first cycle closes again what was closed at other prices. */
export async function createKeeper(context: KeeperContext, at: Instant): Promise<Keeper> {
  const progress = await openProgress(context, at);
  const buildState = stateBuilder(context);
  return {
    async cycle(now) {
      for (const one of progress.feeds) if (isDue(one, now)) await pollOne(context, progress, { one, now });
      await closeVanished(context, progress, now);
      await closeDue(context, progress, now);
      context.onPhase?.('state');
      const { standing, spansAt, feeds, leftOffAt, invariantViolations } = progress;
      const health = feeds.map(({ feed }) => feed.source.health());
      const broken = progress.broken ? [progress.broken] : [];
      const polledAt = new Map(feeds.map((one) => [one.feed.deployment, one.polledAt]));
      return buildState({
        standing,
        spansAt,
        at: now,
        completeUntil: completeUntilOf(feeds),
        until: untilOf(feeds, leftOffAt),
        knownUntil: (deployment) => polledAt.get(deployment) ?? leftOffAt ?? 0,
        feeds: health,
        issues: [...progress.issues, ...failedFeedIssues(health), ...broken],
        invariantViolations,
      });
    },
  };
}

async function openProgress(context: KeeperContext, at: Instant): Promise<Progress> {
  const { store, estate, labelsOf } = context;
  const leftOffAt = await store.lastLoadAt();
  const relabeled = await relabel({ store, labelsOf, at }, await store.lastLoad());
  const feeds: FeedProgress[] = [];
  for (const feed of context.feeds) feeds.push(unread(feed, await store.knownRuns(feed.deployment, relabeled)));
  const { stale, ...stood } = await standingOf({ store, estate, at }, relabeled);
  const again = new Set(feeds.filter(({ isReread }) => isReread).map(({ feed }) => feed.source.name));
  if (stale.length > 0) again.add('ledger');
  const asOf = await clearIssues(store, { feeds: again, at }, relabeled);
  const standing = { ...stood, asOf };
  const served = new Set(context.feeds.map(({ deployment }) => deployment));
  return {
    spansAt: spansReader(store),
    feeds,
    leftOffAt,
    standing,
    again: stale,
    issues: await orphanedDeployments(store, served, asOf),
    broken: null,
    invariantViolations: 0,
    lookedForVanished: false,
  };
}

/** Polls one feed until it has told all it knows, storing each part as it comes. */
async function pollOne(
  context: KeeperContext,
  progress: Progress,
  { one, now }: { one: FeedProgress; now: Instant },
): Promise<void> {
  const { source } = one.feed;
  context.onPhase?.('ingest');
  const wasUp = source.health().up || source.health().error === null;
  for (let complete = false; !complete;) {
    const outcome = await source.poll({ now, known: one.known });
    if (outcome.outcome === 'failed') {
      if (wasUp) context.onFault?.(`The feed ${source.name} fails: ${outcome.error.message}`);
      return;
    }
    complete = outcome.poll.complete;
    one.isEmpty = outcome.outcome === 'empty';
    await storePoll(context, progress, { one, poll: outcome.poll, now });
  }
  if (!wasUp) context.onFault?.(`The feed ${source.name} is read again.`);
  one.known = [];
  one.polledAt = now;
}

type Polled = { one: FeedProgress; poll: MetaflowPoll; now: Instant };

async function storePoll(context: KeeperContext, progress: Progress, { one, poll, now }: Polled): Promise<void> {
  const { name } = one.feed.source;
  const placed = assignHosts(poll.attempts, context.estate, name);
  const issues = newIssues(one, [...poll.issues, ...placed.issues]);
  if (!progress.lookedForVanished) noteRuns(one, poll);
  try {
    const seen = { feed: name, runs: stamped(one.feed, poll), attempts: placed.attempts, issues };
    await ingestInto(context, progress, { seen, now });
  } catch (error) {
    one.feed.forget(poll.runs.map(({ key }) => key));
    one.seenIssues.clear();
    if (error instanceof InvariantError) noteViolation(context, progress, error);
    throw error;
  }
}

async function ingestInto(
  { store, estate, labelsOf }: KeeperContext,
  progress: Progress,
  { seen, now }: { seen: SeenRuns; now: Instant },
): Promise<void> {
  const { standing, spansAt } = progress;
  const { closed, asOf } = standing;
  const ingested = await ingest({ store, estate, closed, labelsOf, spansAt, at: now, asOf }, seen);
  const closedAsOf = ingested.restated > 0 ? ingested.asOf : standing.closedAsOf;
  progress.standing = { asOf: ingested.asOf, closedAsOf, closed };
}

async function closeVanished(context: KeeperContext, progress: Progress, now: Instant): Promise<void> {
  const { feeds, standing } = progress;
  if (progress.lookedForVanished || completeUntilOf(feeds) === null) return;
  const seen = new Set(feeds.flatMap(({ seenRuns }) => [...seenRuns]));
  const absent = new Set(feeds.filter(({ isEmpty }) => isEmpty).map(({ feed }) => feed.deployment));
  const vanished = await vanishedRuns({ store: context.store, at: now, seen, absent }, standing.asOf);
  await ingestInto(context, progress, { seen: { feed: 'vanished', ...vanished, issues: [] }, now });
  for (const { seenRuns } of feeds) seenRuns.clear();
  progress.lookedForVanished = true;
}

/** Hours are closed once every feed has told what it knows of them; a broken invariant leaves them open. */
async function closeDue(context: KeeperContext, progress: Progress, at: Instant): Promise<void> {
  const known = completeUntilOf(progress.feeds);
  if (known === null) return;
  context.onPhase?.('close');
  const { store, estate, closeDelayMs } = context;
  const { spansAt } = progress;
  try {
    const closable = { store, estate, at, spansAt, closableUntil: known - closeDelayMs };
    progress.standing = await closeHours(closable, progress.standing, progress.again);
    progress.again = [];
    progress.broken = null;
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error;
    noteViolation(context, progress, error);
  }
}

function noteViolation(context: KeeperContext, progress: Progress, { message }: InvariantError): void {
  progress.invariantViolations += 1;
  if (progress.broken?.reason !== message) context.onFault?.(`An invariant is broken: ${message}`);
  const remedy = 'The hours that it concerns stay open. Report it with the log; it is a fault of the program.';
  progress.broken = { code: 'broken_invariant', feed: 'ledger', ...NOWHERE, reason: message, remedy };
}

/** A short hash of whatever decides how a feed reads its runs. */
export function configHashOf(parts: unknown): string {
  return contentHash(parts).slice(0, 12);
}
