import type { Holding } from '../../facts/holding';

/** A local feed's part of the configuration. */
export type LocalFeedOptions = {
  readonly name: string;
  readonly deployment: string;
  /** The `.metaflow` folder itself. */
  readonly root: string;
  /** Where attempts run for which no holding names a host; null leaves their hosts empty. */
  readonly host: string | null;
  readonly silenceMs: number;
  readonly holdings: readonly Holding[];
  /** Whole ms added to every time and to the run ids, which are microseconds. */
  readonly rebaseMs?: number;
};
