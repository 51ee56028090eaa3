import type { Response } from 'express';
import type { Clock } from '../../clock';
import type { PublishedState } from '../../facts/published';
import type { Store } from '../../store/store';
import type { Auth, Viewer } from '../auth/authenticate';
import type { Listen } from '../auth/listen';
import type { FeedLags } from '../findings/feed-lags';
import type { Exposition, ExpositionLimits } from '../metrics/exposition';

/** Where the app says that a request failed; a pino logger is one. */
export type Log = { error(facts: object, message: string): void };

/** What the app is made of. */
export type AppOptions = {
  readonly state: () => PublishedState | null;
  readonly store: Store;
  readonly auth: Auth;
  readonly listen: Listen;
  readonly clock: Pick<Clock, 'now'>;
  readonly version: string;
  readonly revision?: string;
  /** What to tell people while example data are shown: that they are, and how to point at one's own. */
  readonly example: string | null;
  readonly limits?: ExpositionLimits;
  readonly log: Log;
  /** More of the exposition, collected for each scrape: what the process says of itself. */
  readonly runtime?: () => Promise<string>;
  /** Seconds that never go back; real time, whatever the clock says. */
  readonly monotonicSeconds?: () => number;
};

/** What every place of the app is given: the options with their defaults, the exposition, and who asks. */
export type AppParts = Required<AppOptions> & {
  readonly exposition: Exposition;
  readonly feedLags: FeedLags;
  readonly viewerOf: (response: Response) => Viewer;
};
