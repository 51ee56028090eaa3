import type { Holding } from '../../facts/holding';

/** What every Metaflow feed is told, whichever its transport. */
export type MetaflowFeedOptions = {
  readonly name: string;
  readonly deployment: string;
  /** Where attempts run for which no holding names a host; null leaves their hosts empty. */
  readonly host: string | null;
  /** After so long without a sign of life, in ms, what is open is closed at its last sign. */
  readonly silenceMs: number;
  readonly holdings: readonly Holding[];
};
