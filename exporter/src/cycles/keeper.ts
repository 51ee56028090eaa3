import { InvariantError } from '../assert';
import { type Attempt, runKeyText } from '../facts/attempt';
import { type Issue, NOWHERE } from '../facts/issue';
import type { PublishedState } from '../facts/published';
import type { RunRecord } from '../facts/run';
import type { Load } from '../store/store';
import { HOUR_MS, type Instant } from '../units/interval';
import type { TouchedRun } from './attribution';
import { stateBuilder } from './build-state';
import { closeHours, staleHoursOf } from './close-hours';
import { knownNow } from './clusters';
import { contentHash } from './content-hash';
import { completeUntilOf, type FeedProgress, isDue, newIssues, noteRuns, stamped } from './feed-progress';
import { ingest, type SeenRuns } from './ingest';
import { distinctHours } from './retired-hosts';
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
      await sayAlive(context, progress, now);
      progress.attribution.prune(now);
      progress.telemetry.prune(now);
      context.onPhase?.('state');
      return buildState(momentOf(progress, now));
    },
  };
}

/** Stores the nodes that clusters show; hours that were closed under other facts of a node are closed again. */
async function takeClusters(context: KeeperContext, progress: Progress, now: Instant): Promise<void> {
  const { attribution, clusters } = progress;
  const { hosts, changed, issues, firstRead } = clusters.take();
  try {
    const taken = [...issues, ...takenBack(context, changed)];
    if (hosts.length + taken.length > 0) await publishNews(context, progress, { hosts, issues: taken, now });
    const stale = await staleHoursOf(context, changed, progress.standing);
    progress.again = distinctHours([...progress.again, ...stale]);
    if (changed.length > 0) attribution.placeAgain();
    if (firstRead.length > 0) await checkOpen(context, progress, firstRead);
    clusters.stored();
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error;
    noteViolation(context, progress, error);
  }
}

/** What was said of these hosts while nobody knew them. */
function takenBack({ feeds, gpus = [] }: KeeperContext, hosts: readonly string[]): Issue[] {
  const names = [...feeds.map(({ source }) => source.name), ...gpus.map(({ name }) => name), 'clusters'];
  return knownNow(hosts, names);
}

/** What the store holds open on nodes of clusters that have been read for the first time: its pods may be gone. */
async function checkOpen(context: KeeperContext, progress: Progress, clusters: readonly string[]): Promise<void> {
  const { store, estate, feeds } = context;
  const { asOf } = progress.standing;
  const read = new Set(clusters);
  const hosts = [...estate.hosts.keys()].filter((host) => read.has(estate.feedOf?.(host) ?? ''));
  const span = { start: Number.MAX_SAFE_INTEGER - 2 * HOUR_MS, end: Number.MAX_SAFE_INTEGER - HOUR_MS };
  const open = await store.attemptsOnHosts(hosts, span, asOf);
  progress.attribution.check(open.filter(({ end }) => end === null));
  const uncharged = (await store.recentRuns(0, asOf)).filter(({ gaps }) => gaps.unchargedAttempts > 0);
  for (const { deployment, forget } of feeds) {
    forget(uncharged.map(({ key }) => key).filter((key) => key.deployment === deployment));
  }
}

/** A store that is told nothing for so long is told that all is as it was: what was known until when outlives us. */
const ALIVE_EVERY_MS = 300_000;

async function sayAlive(context: KeeperContext, progress: Progress, now: Instant): Promise<void> {
  const isKnown = [...progress.clusters.readAt.values()].some((at) => at !== null);
  if (!isKnown || Math.abs(now - progress.aliveAt) < ALIVE_EVERY_MS) return;
  await publishNews(context, progress, { hosts: [], issues: [], now });
  progress.aliveAt = now;
}

async function takeTelemetry(context: KeeperContext, progress: Progress, now: Instant): Promise<void> {
  if (!progress.telemetry.isOn) return;
  const issues = newIssues(progress.toldIssues, await progress.telemetry.take());
  if (issues.length === 0) return;
  try {
    await publishNews(context, progress, { hosts: [], issues, now });
  } catch (error) {
    progress.toldIssues.clear();
    throw error;
  }
}

type News = Pick<Load, 'hosts' | 'issues'> & { readonly now: Instant };

async function publishNews(
  { store }: KeeperContext,
  progress: Progress,
  { hosts = [], issues, now }: News,
): Promise<void> {
  const { asOf } = progress.standing;
  const key = `seen:${asOf}:${contentHash([hosts, issues, now])}`;
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
    progress.attribution.settle(runs);
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
    try {
      await ingestInto(context, progress, { seen: { feed: 'clusters', runs, issues: [], news }, now });
    } catch (error) {
      toldIssues.clear();
      throw error;
    }
    attribution.settle(runs);
  }
}

type Seen = Omit<SeenRuns, 'place' | 'isGone'> & Partial<Pick<SeenRuns, 'place' | 'isGone'>>;

async function ingestInto(
  { store, estate, labelsOf }: KeeperContext,
  progress: Progress,
  { seen, now }: { seen: Seen; now: Instant },
): Promise<void> {
  const { standing, spansAt, attribution, clusters, telemetry, leftOffAt } = progress;
  const { closed, asOf } = standing;
  const place: SeenRuns['place'] = (touched, before, known) => attribution.place(touched, before, known);
  const isClustered = (deployment: string): boolean => clusters.serve(deployment);
  const isGone = (attempt: Attempt): boolean =>
    !attempt.pod?.uid || !isClustered(attempt.key.deployment) || attribution.isGone(attempt);
  const context = { store, estate, closed, labelsOf, spansAt, at: now, asOf, telemetry, leftOffAt, isClustered };
  const ingested = await ingest(context, { place, isGone, ...seen });
  const closedAsOf = ingested.restated > 0 ? ingested.asOf : standing.closedAsOf;
  progress.standing = { asOf: ingested.asOf, closedAsOf, closed };
}

async function closeVanished(context: KeeperContext, progress: Progress, now: Instant): Promise<void> {
  const { feeds, standing, clusters, attribution, leftOffAt } = progress;
  if (progress.lookedForVanished || completeUntilOf(feeds, clusters.readAt) === null) return;
  const seen = new Set([...feeds.flatMap(({ seenRuns }) => [...seenRuns]), ...attribution.shown()]);
  const absent = new Set(feeds.filter(({ isEmpty }) => isEmpty).map(({ feed }) => feed.deployment));
  const { runs, attempts } = await vanishedRuns(
    { store: context.store, at: now, seen, absent, leftOffAt, clusters: new Set(clusters.names()) },
    standing.asOf,
  );
  const byRun = (run: RunRecord): TouchedRun => ({ key: run.key, run, told: null });
  const place: SeenRuns['place'] = ({ key, run }) => ({
    run,
    attempts: attempts.filter((one) => runKeyText(one.key) === runKeyText(key)),
    retracted: [],
  });
  const isGone = (): boolean => true;
  const seenRuns = { feed: 'vanished', runs: runs.map(byRun), issues: [], news: () => [], place, isGone };
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
