import type { DiscoveredHost } from '../facts/host';
import { type Issue, NOWHERE } from '../facts/issue';
import type { Pod } from '../facts/pod';
import type { FeedHealth } from '../facts/published';
import type { Instant } from '../units/interval';
import type { Attribution } from './attribution';
import type { Estate } from './estate';
import { type KeptCluster, newIssues, type ToldIssues } from './feed-progress';

/** What clusters have shown that is not stored yet. */
export type ClusterNews = {
  readonly hosts: readonly DiscoveredHost[];
  /** Hosts of the estate that are new or otherwise than before. */
  readonly changed: readonly string[];
  readonly issues: readonly Issue[];
  /** Clusters that have been read, whole, for the first time. */
  readonly firstRead: readonly string[];
};

type Waiting = {
  readonly hosts: Map<string, DiscoveredHost>;
  readonly changed: Set<string>;
  readonly issues: Issue[];
  readonly firstRead: Set<string>;
};

const nothing = (): Waiting => ({ hosts: new Map(), changed: new Set(), issues: [], firstRead: new Set() });

/** The clusters: hands their nodes to the estate and their pods to the attribution. */
export class Clusters {
  readonly #kept: readonly KeptCluster[];
  readonly #estate: Estate;
  readonly #attribution: Attribution;
  readonly #readAt: Map<string, Instant | null>;
  readonly #toldIssues: ToldIssues = new Map();
  #news = nothing();

  constructor(kept: readonly KeptCluster[], { estate, attribution }: { estate: Estate; attribution: Attribution }) {
    this.#kept = kept;
    this.#estate = estate;
    this.#attribution = attribution;
    this.#readAt = new Map(kept.map(({ source }) => [source.name, null]));
  }

  /** Takes in what has arrived; it comes back, with what was not stored before, until {@link Clusters.stored}. */
  take(): ClusterNews {
    for (const { source, deployment } of this.#kept) {
      const batch = source.take();
      const hosts = batch.hosts.map((host) => ({ ...host, name: this.#nameOf(host.name, source.name) }));
      const pods = batch.pods.map((pod) => this.#placed(pod, source.name));
      for (const name of this.#estate.learn?.(hosts) ?? []) this.#news.changed.add(name);
      for (const host of hosts) this.#news.hosts.set(host.name, this.#estate.discovered?.(host.name) ?? host);
      this.#attribution.see({ ...batch, pods }, deployment);
      if (this.#readAt.get(source.name) === null && batch.readAt !== null) this.#news.firstRead.add(source.name);
      this.#readAt.set(source.name, batch.readAt);
      this.#news.issues.push(...newIssues(this.#toldIssues, batch.issues));
    }
    const { hosts, changed, issues, firstRead } = this.#news;
    return { hosts: [...hosts.values()], changed: [...changed], issues, firstRead: [...firstRead] };
  }

  /** What {@link Clusters.take} gave last was stored. */
  stored(): void {
    this.#news = nothing();
  }

  /** Up to when each cluster is known, by name. */
  get readAt(): ReadonlyMap<string, Instant | null> {
    return this.#readAt;
  }

  /** Up to when the cluster of a host is known; undefined for a host of no cluster, null where it was never read. */
  hostKnownUntil(host: string): Instant | null | undefined {
    const feed = this.#estate.feedOf?.(host) ?? null;
    return feed === null ? undefined : this.#readAt.get(feed);
  }

  /** True when the pods of a deployment come from a cluster. */
  serve(deployment: string): boolean {
    return this.#kept.some((kept) => kept.deployment === deployment || kept.source.name === deployment);
  }

  /** Up to when the pods of a Metaflow deployment, or of a cluster by its own name, are known. */
  knownUntil(deployment: string): Instant | null {
    const ends = this.#kept
      .filter((kept) => kept.deployment === deployment || kept.source.name === deployment)
      .map(({ source }) => this.#readAt.get(source.name) ?? null)
      .filter((at) => at !== null);
    return ends.length === 0 ? null : Math.max(...ends);
  }

  /** The names under which workloads and runs of clusters are kept. */
  names(): string[] {
    return this.#kept.map(({ source }) => source.name);
  }

  health(): FeedHealth[] {
    return this.#kept.flatMap(({ source }) => source.health());
  }

  #placed(pod: Pod, feed: string): Pod {
    return pod.host === null ? pod : { ...pod, host: this.#nameOf(pod.host, feed) };
  }

  /** Two clusters may each have a node of one name: the one that came first keeps it. */
  #nameOf(node: string, feed: string): string {
    const owner = this.#estate.feedOf?.(node) ?? null;
    return owner === null || owner === feed ? node : `${node}@${feed}`;
  }
}

/** Takes back what was said of hosts while nobody knew them. */
export function knownNow(hosts: readonly string[], feeds: readonly string[]): Issue[] {
  const over = { ...NOWHERE, field: 'hosts[].name', reason: 'The host is known now.', remedy: 'Nothing.', count: 0 };
  return hosts.flatMap((value) =>
    feeds.flatMap((feed) => [
      { ...over, code: 'unknown_host' as const, feed, value },
      { ...over, code: 'unknown_gpu_host' as const, feed, value },
    ]),
  );
}
