import type { Attempt } from '../facts/attempt';
import type { Issue } from '../facts/issue';
import type { Labels, RunRecord } from '../facts/run';
import type { HostHour } from '../ledger/restate';
import type { LoadId } from '../store/store';
import { HOUR_MS, type Instant } from '../units/interval';
import { Attribution } from './attribution';
import type { Moment, StateContext } from './build-state';
import { clearIssues } from './clear-issues';
import { type Standing, standingOf } from './close-hours';
import { Clusters } from './clusters';
import {
  completeUntilOf,
  failedFeedIssues,
  type FeedProgress,
  type KeptCluster,
  type KeptFeed,
  type KeptGpus,
  type ToldIssues,
  unread,
  untilOf,
} from './feed-progress';
import { type SpansAt, spansReader } from './ledger-span';
import { orphanedDeployments } from './orphaned-deployments';
import { relabel } from './relabel';
import { Telemetry } from './telemetry';

/** What the keeper is about to do. */
export type Phase = 'ingest' | 'close' | 'state';

/** Everything a keeper works with. */
export type KeeperContext = StateContext & {
  readonly feeds: readonly KeptFeed[];
  readonly clusters?: readonly KeptCluster[];
  readonly gpus?: readonly KeptGpus[];
  readonly labelsOf: (run: RunRecord) => Labels;
  readonly closeDelayMs: number;
  /** Told of a feed that begins to fail or is read again, and of a broken invariant. */
  readonly onFault?: (message: string) => void;
  /** Told what the keeper is about to do; the kill tests aim by it. */
  readonly onPhase?: (phase: Phase) => void;
};

/** How far the keeper has come. */
export type Progress = {
  readonly spansAt: SpansAt;
  readonly feeds: readonly FeedProgress[];
  readonly attribution: Attribution;
  readonly clusters: Clusters;
  readonly telemetry: Telemetry;
  /** Issues that no feed's own list keeps from being told twice. */
  readonly toldIssues: ToldIssues;
  /** When the last process stored something. */
  readonly leftOffAt: Instant | null;
  standing: Standing;
  again: readonly HostHour[];
  issues: readonly Issue[];
  /** When the store was told last that all is as it was. */
  aliveAt: Instant;
  broken: Issue | null;
  invariantViolations: number;
  /** Open runs that no feed shows are looked for once, when every feed has been read. */
  lookedForVanished: boolean;
};

/** What the state is built from at an instant. */
export function momentOf(progress: Progress, at: Instant): Moment {
  const { standing, spansAt, feeds, clusters, telemetry, leftOffAt, invariantViolations } = progress;
  const polls = feeds.map(({ feed }) => feed.source.health());
  const health = [...polls, ...clusters.health(), ...telemetry.health()];
  const broken = progress.broken ? [progress.broken] : [];
  const polledAt = new Map(feeds.map((one) => [one.feed.deployment, one.polledAt]));
  const { readAt } = clusters;
  return {
    standing,
    spansAt,
    at,
    completeUntil: completeUntilOf(feeds, readAt),
    until: untilOf(feeds, readAt, leftOffAt),
    knownUntil: ({ key: { deployment }, pod, hosts: [host] }) => {
      const polled = polledAt.get(deployment) ?? null;
      const ofHost = pod && host !== undefined ? clusters.hostKnownUntil(host) : undefined;
      if (ofHost !== undefined) return ofHost ?? leftOffAt ?? 0;
      const known = (pod && clusters.serve(deployment)) || polled === null ? clusters.knownUntil(deployment) : polled;
      return known ?? leftOffAt ?? 0;
    },
    hostKnownUntil: (host) => clusters.hostKnownUntil(host),
    leftOffAt,
    feeds: health,
    issues: [...progress.issues, ...failedFeedIssues(health), ...broken],
    invariantViolations,
  };
}

/** Clusters show finished pods for a week by default (Metaflow's own time to live of a job); and a day more. */
const PODS_REMEMBERED_MS = 8 * 24 * HOUR_MS;

async function attemptsSince({ store, estate }: KeeperContext, since: Instant, asOf: LoadId): Promise<Attempt[]> {
  const span = { start: since, end: Number.MAX_SAFE_INTEGER - HOUR_MS };
  return store.attemptsOnHosts([...estate.hosts.keys()], span, asOf);
}

/** Opens the ledger where the last process left it. */
export async function openProgress(context: KeeperContext, at: Instant): Promise<Progress> {
  const { store, estate, labelsOf, clusters: kept = [], gpus = [] } = context;
  const leftOffAt = await store.lastLoadAt();
  estate.learn?.(await store.discoveredHosts(await store.lastLoad()));
  const relabeled = await relabel({ store, labelsOf, at }, await store.lastLoad());
  const feeds: FeedProgress[] = [];
  for (const feed of context.feeds) feeds.push(unread(feed, await store.knownRuns(feed.deployment, relabeled)));
  const { stale, ...stood } = await standingOf({ store, estate, at }, relabeled);
  const again = new Set(feeds.filter(({ isReread }) => isReread).map(({ feed }) => feed.source.name));
  if (stale.length > 0) again.add('ledger');
  const live = [...kept.map(({ source }) => source.name), ...gpus.map(({ name }) => name), 'clusters'];
  for (const name of live) again.add(name);
  const asOf = await clearIssues(store, { feeds: again, at }, relabeled);
  const attribution = new Attribution(estate, leftOffAt);
  if (kept.length > 0) attribution.remember(await attemptsSince(context, at - PODS_REMEMBERED_MS, asOf));
  const clusters = new Clusters(kept, { estate, attribution });
  const served = new Set([...context.feeds.map(({ deployment }) => deployment), ...clusters.names()]);
  return {
    spansAt: spansReader(store),
    feeds,
    attribution,
    clusters,
    telemetry: new Telemetry({ feeds: gpus, store, estate }),
    toldIssues: new Map(),
    leftOffAt,
    standing: { ...stood, asOf },
    again: stale,
    issues: await orphanedDeployments(store, served, asOf),
    aliveAt: at,
    broken: null,
    invariantViolations: 0,
    lookedForVanished: false,
  };
}
