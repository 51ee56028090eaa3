import type { Instant } from '../units/interval';
import type { MetaflowHistory } from './history';

/** What stands behind the stand-in server: a simulated world, or a replay folder. */
export type ReplaySource = {
  /** Names of everything that can be scraped. */
  targets(at: Instant): readonly string[];
  /** What a target prints at an instant; null while it does not answer. */
  scrape(target: string, at: Instant): Promise<string | null>;
  /** All that the Metaflow services will ever know; who asks looks at it as it is at an instant. */
  metaflow(at: Instant): MetaflowHistory;
};
