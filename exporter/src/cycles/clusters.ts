import type { DiscoveredHost } from '../facts/host';
import type { Issue } from '../facts/issue';
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
};

/** The clusters: hands their nodes to the estate and their pods to the attribution. */
export class Clusters {
  readonly #kept: readonly KeptCluster[];
  readonly #estate: Estate;
  readonly #attribution: Attribution;
  readonly #readAt: Map<string, Instant | null>;
  readonly #toldIssues: ToldIssues = new Map();
  #news: ClusterNews = { hosts: [], changed: [], issues: [] };

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
      const changed = this.#estate.learn?.(batch.hosts) ?? [];
      this.#attribution.see(batch, deployment);
      this.#readAt.set(source.name, batch.readAt);
      const issues = newIssues(this.#toldIssues, batch.issues);
      this.#news = {
        hosts: [...this.#news.hosts, ...batch.hosts],
        changed: [...this.#news.changed, ...changed],
        issues: [...this.#news.issues, ...issues],
      };
    }
    return this.#news;
  }

  /** What {@link Clusters.take} gave last was stored. */
  stored(): void {
    this.#news = { hosts: [], changed: [], issues: [] };
  }

  /** Up to when each cluster is known, by name. */
  get readAt(): ReadonlyMap<string, Instant | null> {
    return this.#readAt;
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
}
