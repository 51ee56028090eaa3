import type { MetaflowFeedOptions } from '../metaflow/feed-options';
import type { MetaflowFeed } from '../metaflow/local-feed';
import { createRowFeed } from '../metaflow/row-feed';
import { askerOf, type AskSettings } from '../metaflow-service/read-answer';
import { uiSource } from './ui-source';

/** A UI backend's part of the configuration. */
export type UiFeedOptions = MetaflowFeedOptions & AskSettings;

/** The feed of Metaflow's UI backend. Polls must not overlap; `poll` throws FeedError. */
export function createUiFeed(options: UiFeedOptions): MetaflowFeed {
  return createRowFeed(options, uiSource(askerOf(options), options.name));
}
