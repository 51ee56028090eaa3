import type { MetaflowFeedOptions } from '../metaflow/feed-options';
import type { MetaflowFeed } from '../metaflow/local-feed';
import { createRowFeed } from '../metaflow/row-feed';
import { askerOf, type AskSettings } from './read-answer';
import { serviceSource } from './service-source';

/** A metadata service's part of the configuration. */
export type ServiceFeedOptions = MetaflowFeedOptions & AskSettings;

/** The feed of a metadata service, paged or not. Polls must not overlap; `poll` throws FeedError. */
export function createServiceFeed(options: ServiceFeedOptions): MetaflowFeed {
  return createRowFeed(options, serviceSource(askerOf(options), options.name));
}
