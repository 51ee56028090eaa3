import type { DiscoveredHost } from '../../facts/host';
import type { Pod } from '../../facts/pod';
import type { Instant } from '../../units/interval';
import type { BackgroundFeed } from '../feed';
import { parseExposition } from '../scrape/parse-exposition';
import type { Scrape, ScrapePool, ScrapeVerdict } from '../scrape/pool';
import { createScrapePool } from '../scrape/read-pool';
import type { ScrapeSettings } from '../scrape/settings';
import { nameTargets } from '../scrape/target-address';
import type { ClusterBatch } from './cluster-batch';
import { clusterIssues } from './cluster-issues';
import { type ClusterState, newCluster, track, withoutClusterTarget, withStoredMissed } from './cluster-tracker';
import { parseCluster } from './parse-cluster';
import { ToldIssues } from './told-issues';
import { storedMachines } from './track-hosts';

/** How a feed over kube-state-metrics is made. */
export type KubernetesFeedOptions = {
  /** The cluster's name, and the feed's. */
  readonly name: string;
  readonly settings: ScrapeSettings;
  readonly clock: { now(): Instant; readonly speed: number };
  /** What scrapes the targets; another one in tests. */
  readonly scrapePool?: typeof createScrapePool;
  /** Told when pods or nodes are new or changed. */
  readonly onNews?: () => void;
  /** The hosts that the store knows; those of other feeds are left out. */
  readonly known?: readonly DiscoveredHost[];
  /** When the store last learned something: stored hosts that are gone since then were there until then. */
  readonly knownUntil?: Instant | null;
};

/**
 * Scrapes kube-state-metrics: shards and replicas are targets of one feed and add up. What is learned is handed over at
 * the next `take`; the first one after every listed target has been read hands over all that is known, once more.
 * An answer without the pods or nodes that its target had is `empty`: a gap, which ends nothing for five minutes.
 */
export function createKubernetesFeed(options: KubernetesFeedOptions): BackgroundFeed<ClusterBatch> {
  const { name, settings, clock, scrapePool = createScrapePool, onNews = () => undefined } = options;
  const { known = [], knownUntil = null } = options;
  const own = known.filter(({ feed }) => feed === name);
  const cluster = new KnownCluster(
    name,
    settings,
    newCluster(name, settings.intervalMs, storedMachines(own, knownUntil)),
  );
  const onScrape = (scrape: Scrape): ScrapeVerdict => {
    const verdict = cluster.read(scrape);
    if (cluster.hasNews()) onNews();
    return verdict;
  };
  const pool: ScrapePool = scrapePool({ feed: name, settings, clock, onScrape });
  return {
    name,
    start: () => pool.start(),
    take: () => cluster.take(new Set(pool.health().map(({ feed }) => feed))),
    health: () => pool.health(),
    stop: () => pool.stop(),
  };
}

const WHOLE_CLUSTER = 'cluster';

class KnownCluster {
  private pods = new Map<string, Pod>();
  private hosts = new Map<string, DiscoveredHost>();
  private readonly readAt = new Map<string, Instant>();
  private readonly issues = new ToldIssues();
  private knownFrom: Instant | null = null;
  private knownUntil: Instant | null = null;
  private areStoredMissed = false;

  constructor(
    private readonly name: string,
    private readonly settings: ScrapeSettings,
    private state: ClusterState,
  ) {}

  read({ target, body, contentType, receivedAt }: Scrape): ScrapeVerdict {
    const { sampleLimit } = this.settings;
    const exposition = parseExposition(body, { contentType, receivedAt, sampleLimit });
    if (exposition.families.size === 0 && exposition.badLines.length === 0)
      return { outcome: 'empty', rows: { accepted: 0, rejected: 0 }, dropped: {} };
    const { snapshot, rows, dropped, issues } = parseCluster(exposition, { feed: this.name, receivedAt });
    const { state, changes } = track(this.state, { target: target.url, snapshot, at: receivedAt });
    this.state = state;
    this.issues.replace(target.url, issues);
    for (const pod of changes.pods) this.pods.set(pod.ref.uid, pod);
    for (const host of changes.hosts) this.hosts.set(host.name, host);
    if (changes.complete) this.readAt.set(target.url, receivedAt);
    const isEmpty = !changes.complete || (snapshot.pods.size === 0 && snapshot.nodes.size === 0);
    return { outcome: isEmpty ? 'empty' : 'ok', rows, dropped };
  }

  /** True while pods or nodes wait to be taken. */
  hasNews(): boolean {
    return this.pods.size + this.hosts.size > 0;
  }

  /** `rows` are the names of the health rows of the pool: one for each target that is listed now. */
  take(rows: ReadonlySet<string>): ClusterBatch {
    const listed = [...rows].filter((row) => row !== `${this.name}/discovery`);
    this.forgetUnlisted(listed);
    if (listed.length > 0 && this.readAt.size === listed.length) {
      if (this.knownUntil === null) this.takeAll();
      // While a new target has not been read yet, the cluster is known as far as it was.
      this.knownUntil = Math.min(...this.readAt.values());
      this.missStored(this.knownUntil);
      this.issues.replace(WHOLE_CLUSTER, clusterIssues(this.state, this.knownUntil));
    }
    const { pods, hosts } = this;
    this.pods = new Map();
    this.hosts = new Map();
    return {
      cluster: this.name,
      readAt: this.knownUntil,
      pods: [...pods.values()],
      hosts: [...hosts.values()],
      issues: this.issues.take(),
    };
  }

  /** A target that discovery names no more is gone; where it names none at all, discovery itself is in trouble. */
  private forgetUnlisted(listed: readonly string[]): void {
    if (listed.length === 0) return;
    for (const url of this.readAt.keys()) {
      const place = nameTargets(this.name, [url]).get(url)!;
      // Targets that share a port are listed with their path or a number.
      if (listed.some((row) => row === place || row.startsWith(`${place}/`) || row.startsWith(`${place}#`))) continue;
      this.readAt.delete(url);
      this.issues.forget(url);
      this.state = withoutClusterTarget(this.state, url);
    }
  }

  private missStored(knownUntil: Instant): void {
    this.knownFrom ??= knownUntil;
    const state = this.areStoredMissed ? null : withStoredMissed(this.state, knownUntil - this.knownFrom);
    if (state === null) return;
    this.state = state;
    this.areStoredMissed = true;
  }

  private takeAll(): void {
    for (const [uid, { pod }] of this.state.pods) if (pod !== null) this.pods.set(uid, pod);
    for (const [name, { host }] of this.state.hosts) this.hosts.set(name, host);
  }
}
