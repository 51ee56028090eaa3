import { spanText } from '../landing/show';
import { hasFailed } from './feed-failed';
import { type Check, findingsOf } from './finding-facts';

const [TIMES_USUAL, LEAST_SECONDS] = [3, 60];

/** True for an age of a feed's newest fact that is far beyond its usual one. */
const isStale = (lagSeconds: number, usualSeconds: number): boolean =>
  lagSeconds > Math.max(TIMES_USUAL * usualSeconds, LEAST_SECONDS);

/** Which feeds can be read and bring nothing new, though they usually do; where nothing is live, silence is normal. */
export const feedStale: Check = ({ state: { feeds, runs, workloads }, usualLagSeconds }) =>
  findingsOf(
    'feed_stale',
    'No feed is older than it usually is.',
    feeds
      .filter((feed) => !hasFailed(feed) && [...runs, ...workloads].some(({ live }) => live))
      .flatMap(({ feed, lagSeconds }) => {
        const usual = usualLagSeconds.get(feed);
        if (lagSeconds === null || usual === undefined || !isStale(lagSeconds, usual)) return [];
        const age = `is ${spanText(lagSeconds)} old; usually it is ${spanText(usual)}`;
        const fix =
          `If something ran meanwhile, restart the source of ${feed}: it answers with old facts. ` +
          'Else nothing is to be done.';
        return [{ status: 'warn' as const, feed, detail: `The newest fact of the feed ${feed} ${age}.`, fix }];
      }),
  );
