import { z } from 'zod';
import type { FieldPath, Report } from './fault';
import { type GpuFeedConfig, type KubernetesFeedConfig, readGpuFeed, readKubernetesFeed } from './live-feeds';
import { type MetaflowFeedConfig, readMetaflowFeed } from './metaflow-feeds';
import { itemsOf, keysOf, notYet, readBy, strictMap } from './section';

const anything = z.unknown().optional();

const feedsSchema = strictMap({
  metaflow: anything,
  kubernetes: anything,
  dcgm: anything,
  billing: notYet('the billing feeds arrive later'),
});

/** A feed and where it stands in the document. */
export type PlacedFeed<Feed> = { readonly feed: Feed; readonly path: FieldPath };

/** All feeds of a document that are sound by themselves. */
export type PlacedFeeds = {
  readonly metaflow: readonly PlacedFeed<MetaflowFeedConfig>[];
  readonly kubernetes: readonly PlacedFeed<KubernetesFeedConfig>[];
  readonly dcgm: readonly PlacedFeed<GpuFeedConfig>[];
};

type FeedsPlace = { readonly value: unknown; readonly report: Report; readonly resolve: (path: string) => string };

/** Reads the section `feeds`; each feed keeps its place in the list. */
export function readFeeds({ value, report, resolve }: FeedsPlace): PlacedFeeds {
  const path = ['feeds'];
  const given = value === undefined || value === '' ? {} : value;
  const feeds = readBy(feedsSchema, { value: given, path, report }) ?? keysOf(given);
  const listed = <Feed>(
    kind: 'metaflow' | 'kubernetes' | 'dcgm',
    read: (place: FeedsPlace & { path: FieldPath }) => Feed | null,
  ): PlacedFeed<Feed>[] =>
    itemsOf({ value: feeds[kind], path: [...path, kind], report }).flatMap((item) => {
      const feed = read({ ...item, report, resolve });
      return feed === null ? [] : [{ feed, path: item.path }];
    });
  const metaflow = listed('metaflow', readMetaflowFeed);
  const deployments = metaflow.map(({ feed }) => feed.deployment);
  const areAllRead = metaflow.length === itemsOf({ value: feeds.metaflow, path, report: () => undefined }).length;
  return {
    metaflow,
    kubernetes: areAllRead ? listed('kubernetes', (place) => readKubernetesFeed(place, deployments)) : [],
    dcgm: listed('dcgm', readGpuFeed),
  };
}
