import type { MetaflowFeedOptions } from '../metaflow/feed-options';
import type { MetaflowFeed } from '../metaflow/local-feed';
import { createRowFeed } from '../metaflow/row-feed';
import { FollowedRuns } from './followed-runs';
import { PostgresSource } from './postgres-source';
import { databaseAt, type DatabaseOptions } from './read-database';

/** The part of the configuration of a metadata service's database. */
export type PostgresFeedOptions = MetaflowFeedOptions & DatabaseOptions;

/**
 * The feed of a metadata service's database, of which it reads `runs_v3`, `tasks_v3` and `metadata_v3` and writes
 * nothing. Polls must not overlap; `poll` throws FeedError.
 */
export function createPostgresFeed(options: PostgresFeedOptions): MetaflowFeed {
  const { deployment } = options;
  const followed = new FollowedRuns();
  const source = new PostgresSource({
    read: databaseAt(options),
    feed: options.name,
    followed,
    onLateRows: (names) => rows.forget(names.map((name) => ({ deployment, ...name }))),
  });
  const rows = createRowFeed(options, source);
  let isFirst = true;
  return {
    name: rows.name,
    forget: (keys) => rows.forget(keys),
    async poll(request) {
      if (isFirst) followed.note(request.known);
      const poll = await rows.poll(request);
      isFirst = false;
      followed.note(poll.runs);
      return poll;
    },
  };
}
