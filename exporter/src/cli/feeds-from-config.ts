import type { Clock } from '../clock';
import type { Config } from '../config';
import type { MetaflowFeedConfig } from '../config/metaflow-feeds';
import type { KeptCluster, KeptFeed, KeptGpus } from '../cycles/feed-progress';
import { configHashOf } from '../cycles/keeper';
import type { Holding } from '../facts/holding';
import type { DiscoveredHost } from '../facts/host';
import { createGpuFeed } from '../feeds/gpu/read-gpu-feed';
import { createKubernetesFeed } from '../feeds/kubernetes/read-kubernetes-feed';
import { createLocalFeed, type MetaflowFeed } from '../feeds/metaflow/local-feed';
import { createPostgresFeed } from '../feeds/metaflow-postgres/read-postgres-feed';
import { createServiceFeed } from '../feeds/metaflow-service/read-service-feed';
import { createUiFeed } from '../feeds/metaflow-ui/read-ui-feed';
import { pollFeed } from '../feeds/poll-feed';
import type { Instant } from '../units/interval';

/** The feeds of a configuration, as the keeper takes them in. */
export type KeptFeeds = {
  readonly feeds: readonly KeptFeed[];
  readonly clusters: readonly KeptCluster[];
  readonly gpus: readonly KeptGpus[];
};

/** What feeds live by. */
type Circumstances = {
  readonly clock: Clock;
  readonly rebaseMs: number;
  /** Told when a cluster shows pods that are new or changed. */
  readonly onNews?: () => void;
  /** The hosts that the store knows. */
  readonly known: readonly DiscoveredHost[];
  /** When the last process stored something; null where none did. */
  readonly knownUntil: Instant | null;
};

/** Makes the feeds of a configuration; those that read in the background have begun. `rebaseMs` moves local trees. */
export function feedsFromConfig(config: Config, circumstances: Circumstances): KeptFeeds {
  const { clock, rebaseMs, onNews, known, knownUntil } = circumstances;
  const { metaflow, kubernetes, dcgm } = config.feeds;
  const clusters = kubernetes.map(({ name, deployment, scrape: settings }) => ({
    source: createKubernetesFeed({ name, settings, clock, known, knownUntil, ...(onNews ? { onNews } : {}) }),
    deployment,
  }));
  const gpus = dcgm.map(({ scrape: settings, ...options }) => createGpuFeed({ ...options, settings, clock }));
  for (const { source } of clusters) source.start();
  for (const source of gpus) source.start();
  return { feeds: metaflow.map((feed) => keptFeed(feed, config, { clock, rebaseMs })), clusters, gpus };
}

/** Stops what reads in the background. */
export async function stopFeeds({ clusters, gpus }: KeptFeeds): Promise<void> {
  await Promise.all([...clusters.map(({ source }) => source.stop()), ...gpus.map((source) => source.stop())]);
}

type Pace = Pick<Circumstances, 'clock' | 'rebaseMs'>;

function keptFeed(feed: MetaflowFeedConfig, config: Config, { clock, rebaseMs }: Pace): KeptFeed {
  const { holdings, hosts } = config;
  const { deployment, host, silenceMs, pollMs } = feed;
  const source = feedOf(feed, holdings, rebaseMs);
  return {
    source: pollFeed(source, () => clock.now()),
    forget: (keys) => source.forget(keys),
    deployment,
    isLocal: feed.type === 'local',
    pollMs,
    configHash: configHashOf([host, silenceMs, holdings, hosts.map((one) => [one.name, one.from, one.to])]),
  };
}

function feedOf(feed: MetaflowFeedConfig, holdings: readonly Holding[], rebaseMs: number): MetaflowFeed {
  switch (feed.type) {
    case 'local': {
      const { path: root, ...options } = feed;
      return createLocalFeed({ ...options, root, holdings, rebaseMs });
    }
    case 'service':
      return createServiceFeed({ ...feed, holdings });
    case 'ui':
      return createUiFeed({ ...feed, holdings });
    case 'postgres':
      return createPostgresFeed({ ...feed, holdings });
  }
}
