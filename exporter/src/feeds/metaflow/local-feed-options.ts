import type { MetaflowFeedOptions } from './feed-options';

/** A local feed's part of the configuration. */
export type LocalFeedOptions = MetaflowFeedOptions & {
  /** The `.metaflow` folder itself. */
  readonly root: string;
  /** Whole ms added to every time and to the run ids, which are microseconds. */
  readonly rebaseMs?: number;
};
