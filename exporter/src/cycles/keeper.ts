import { InvariantError } from '../assert';
import { runKeyText } from '../facts/attempt';
import { type Issue, NOWHERE } from '../facts/issue';
import type { PublishedState } from '../facts/published';
import type { RunRecord } from '../facts/run';
import type { Load } from '../store/store';
import type { Instant } from '../units/interval';
import type { TouchedRun } from './attribution';
import { stateBuilder } from './build-state';
import { closeHours, staleHoursOf } from './close-hours';
import { contentHash } from './content-hash';
import { completeUntilOf, type FeedProgress, isDue, newIssues, noteRuns, stamped } from './feed-progress';
import { ingest, type SeenRuns } from './ingest';
import { nextPart, type PolledPart } from './poll-metaflow';
import { type KeeperContext, momentOf, openProgress, type Progress } from './progress';
import { vanishedRuns } from './vanished-runs';

export type { KeeperContext, Phase } from './progress';

/** Walks feeds → store → ledger → published state, one cycle at a time. */
export type Keeper = {
  /** One cycle: takes in what is due, closes what is due, and returns the new state. Never run twice at once. */
  cycle(at: Instant): Promise<PublishedState>;
};

/** Runs that pods have moved are placed so many at a time. */
const RUNS_A_LOAD = 500;

/** Opens the ledger where the last process left it; the first cycle closes again what was closed at other prices. */
export async function createKeeper(context: KeeperContext, at: Instant): Promise<Keeper> {
  const progress = await openProgress(context, at);
  const buildState = stateBuilder(context, progress.telemetry);
  return {
    async cycle(now) {
      await takeClusters(context, progress, now);
      for (const one of progress.feeds) if (isDue(one, now)) await pollOne(context, progress, { one, now });
      await placeWaiting(context, progress, now);
      await takeTelemetry(context, progress, now);
      await closeVanished(context, progress, now);
      await closeDue(context, progress, now);
      progress.attribution.prune(now);
      context.onPhase?.('state');
      return buildState(momentOf(progress, now));
    },
  };
}

/** Stores the nodes that clusters show; hours that were closed under other facts of a node are closed again. */
async function takeClusters(context: KeeperContext, progress: Progress, now: Instant): Promise<void> {
  const { hosts, changed, issues } = progress.clusters.take();
  if (hosts.length + issues.length > 0) await publishNews(context, progress, { hosts, issues, now });
  const stale = await staleHoursOf(context, [...new Set(changed)], progress.standing);
  progress.again = [...progress.again, ...stale];
  progress.clusters.stored();
}

async function takeTelemetry(context: KeeperContext, progress: Progress, now: Instant): Promise<void> {
  if (!progress.telemetry.isOn) return;
  const issues = newIssues(progress.toldIssues, await progress.telemetry.take());
  if (issues.length > 0) await publishNews(context, progress, { hosts: [], issues, now });
}

type News = Pick<Load, 'hosts' | 'issues'> & { readonly now: Instant };

async function publishNews(
  { store }: KeeperContext,
  progress: Progress,
  { hosts = [], issues, now }: News,
): Promise<void> {
  const { asOf } = progress.standing;
  const key = `seen:${asOf}:${contentHash([hosts, issues])}`;
  const nothing = { runs: [], attempts: [], closings: [] };
  const { loadId } = await store.publish({ key, at: now, ...nothing, hosts, issues });
  progress.standing = { ...progress.standing, asOf: Math.max(asOf, loadId) };
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
  for (;;) {
    const part = await nextPart(one, now);
    if (part === null) return;
    const { outcome, since } = part;
    if (outcome.outcome === 'failed') {
      if (wasUp) context.onFault?.(`The feed ${source.name} fails: ${outcome.error.message}`);
      return;
    }
    await storePart(context, progress, { one, part, now });
    if (!outcome.poll.complete) continue;
    if (!wasUp) context.onFault?.(`The feed ${source.name} is read again.`);
    one.isEmpty = outcome.outcome === 'empty';
    one.known = [];
    one.polledAt = since;
    return;
  }
}

type Part = { one: FeedProgress; part: PolledPart; now: Instant };

async function storePart(context: KeeperContext, progress: Progress, { one, part, now }: Part): Promise<void> {
  if (part.outcome.outcome === 'failed') return;
  const { poll } = part.outcome;
  if (!progress.lookedForVanished) noteRuns(one, poll);
  const runs = progress.attribution.hear(stamped(one.feed, poll), poll.attempts, now);
  const news = (issues: readonly Issue[]): Issue[] => newIssues(one.toldIssues, issues);
  try {
    await ingestInto(context, progress, { seen: { feed: one.feed.source.name, runs, issues: poll.issues, news }, now });
  } catch (error) {
    one.feed.forget(poll.runs.map(({ key }) => key));
    one.toldIssues.clear();
    if (error instanceof InvariantError) noteViolation(context, progress, error);
    throw error;
  }
}

/** Runs and workloads that pods have moved, and that no feed has told of in this cycle. */
async function placeWaiting(context: KeeperContext, progress: Progress, now: Instant): Promise<void> {
  const { attribution, toldIssues } = progress;
  for (;;) {
    const runs = attribution.waiting(RUNS_A_LOAD);
    if (runs.length === 0) return;
    const news = (issues: readonly Issue[]): Issue[] => newIssues(toldIssues, issues);
    await ingestInto(context, progress, { seen: { feed: 'clusters', runs, issues: [], news }, now });
    attribution.settle(runs);
  }
}

type Seen = Omit<SeenRuns, 'place'> & { readonly place?: SeenRuns['place'] };

async function ingestInto(
  { store, estate, labelsOf }: KeeperContext,
  progress: Progress,
  { seen, now }: { seen: Seen; now: Instant },
): Promise<void> {
  const { standing, spansAt, attribution, telemetry, leftOffAt } = progress;
  const { closed, asOf } = standing;
  const place: SeenRuns['place'] = (touched, before, known) => attribution.place(touched, before, known);
  const context = { store, estate, closed, labelsOf, spansAt, at: now, asOf, telemetry, leftOffAt };
  const ingested = await ingest(context, { place, ...seen });
  const closedAsOf = ingested.restated > 0 ? ingested.asOf : standing.closedAsOf;
  progress.standing = { asOf: ingested.asOf, closedAsOf, closed };
}

async function closeVanished(context: KeeperContext, progress: Progress, now: Instant): Promise<void> {
  const { feeds, standing, clusters, attribution, leftOffAt } = progress;
  if (progress.lookedForVanished || completeUntilOf(feeds, clusters.readAt) === null) return;
  const seen = new Set([...feeds.flatMap(({ seenRuns }) => [...seenRuns]), ...attribution.shown()]);
  const absent = new Set(feeds.filter(({ isEmpty }) => isEmpty).map(({ feed }) => feed.deployment));
  const { runs, attempts } = await vanishedRuns(
    { store: context.store, at: now, seen, absent, leftOffAt },
    standing.asOf,
  );
  const byRun = (run: RunRecord): TouchedRun => ({ key: run.key, run, told: null });
  const place: SeenRuns['place'] = ({ key, run }) => ({
    run,
    attempts: attempts.filter((one) => runKeyText(one.key) === runKeyText(key)),
    retracted: [],
  });
  const seenRuns = { feed: 'vanished', runs: runs.map(byRun), issues: [], news: () => [], place };
  await ingestInto(context, progress, { seen: seenRuns, now });
  for (const { seenRuns: seenOfFeed } of feeds) seenOfFeed.clear();
  progress.lookedForVanished = true;
}

/** Hours are closed once every feed has told what it knows of them; a broken invariant leaves them open. */
async function closeDue(context: KeeperContext, progress: Progress, at: Instant): Promise<void> {
  const known = completeUntilOf(progress.feeds, progress.clusters.readAt);
  if (known === null) return;
  context.onPhase?.('close');
  const { store, estate, closeDelayMs } = context;
  const { spansAt, telemetry } = progress;
  try {
    const closable = { store, estate, at, spansAt, telemetry, closableUntil: known - closeDelayMs };
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
