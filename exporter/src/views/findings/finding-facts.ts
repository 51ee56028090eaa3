import type { Finding } from '../../contract/finding';
import type { Issue } from '../../facts/issue';
import type { PublishedState } from '../../facts/published';
import type { Instant } from '../../units/interval';
import type { Scraper } from '../metrics/scrape-intervals';

/** All that the checks look at. */
export type FindingFacts = {
  readonly state: PublishedState;
  /** Issues of the last cycle and the standing ones of the store, each once. */
  readonly issues: readonly Issue[];
  /** Attempts of the window that nothing charges, and those that fell silent. */
  readonly unchargedAttempts: number;
  readonly lostAttempts: number;
  readonly scrapers: readonly Scraper[];
  /** How old each feed's newest fact usually gets, in seconds; feeds that are not known well enough are left out. */
  readonly usualLagSeconds: ReadonlyMap<string, number>;
  /** Runs that get series of their own. */
  readonly maxRuns: number;
  readonly now: Instant;
};

/** One check: what it found, worst first; one `ok` where all is well. It looks at nothing but the facts. */
export type Check = (facts: FindingFacts) => readonly Finding[];

/** Names a check. */
export type CheckName = Finding['check'];

/** What is wrong, and what to do about it. */
export type Trouble = {
  readonly status: 'warn' | 'fail';
  readonly feed?: string;
  readonly detail: string;
  readonly fix: string;
};

const MAX_TOLD = 10;

/** What a check found: `well` where there is no trouble; beyond ten troubles their number and where they all are. */
export function findingsOf(check: CheckName, well: string, troubles: readonly Trouble[]): Finding[] {
  if (troubles.length === 0) return [{ check, status: 'ok', feed: null, detail: well, fix: null }];
  const sorted = [...troubles].sort((a, b) => Number(b.status === 'fail') - Number(a.status === 'fail'));
  const told = sorted.slice(0, MAX_TOLD).map(({ feed = null, ...rest }) => ({ check, feed, ...rest }));
  const more = sorted.slice(MAX_TOLD);
  if (more.length === 0) return told;
  const detail = `And ${more.length} more of the same kind.`;
  const fix = 'The fixes above hold for them too; every one is listed at /api/v1/issues, /api/v1/rates or /metrics.';
  return [...told, { check, status: more[0]!.status, feed: null, detail, fix }];
}

/** `1 host`, `2 hosts`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
