import type { FeedHealth } from '../../facts/published';
import { spanText } from '../landing/show';
import { type Check, counted, findingsOf, type Trouble } from './finding-facts';

/** True when the last poll of a feed, or of one target of it, failed. */
export const hasFailed = ({ up, error, outcome }: FeedHealth): boolean =>
  outcome === 'failed' || (!up && error !== null);

/** Which feeds could not be read at their last poll, and which were never read. */
export const feedFailed: Check = ({ state: { feeds }, issues, now }) => {
  const remedies = new Map(
    issues.flatMap(({ code, feed, remedy }) => (code === 'feed_failed' ? [[feed, remedy]] : [])),
  );
  const failed = feeds.filter(hasFailed).map(({ feed, error, lastSuccess }): Trouble => {
    const since =
      lastSuccess === null ? 'It was never read' : `It was last read ${spanText((now - lastSuccess) / 1000)} ago`;
    return {
      status: 'fail',
      feed,
      detail: `The feed ${feed} cannot be read: ${(error ?? 'no reason was given').replace(/\.$/, '')}. ${since}.`,
      fix:
        remedies.get(feed) ??
        `Start the source of ${feed}, or correct its address under feeds: in flowledger.yaml; ` +
          'it is tried again by itself.',
    };
  });
  const unread = feeds.filter((feed) => !hasFailed(feed) && feed.lastSuccess === null && feed.outcome === undefined);
  const waiting = unread.map(({ feed }): Trouble => {
    const fix = 'Wait for its first poll; if it stays so, the log (stderr) says why.';
    return { status: 'warn', feed, detail: `The feed ${feed} has not been read yet.`, fix };
  });
  const none: Trouble[] =
    feeds.length === 0
      ? [
          {
            status: 'fail',
            detail: 'No feed is configured.',
            fix: 'feeds:\n  metaflow:\n    - name: local\n      path: ./.metaflow',
          },
        ]
      : [];
  return findingsOf('feed_failed', `${counted(feeds.length, 'feed')} read.`, [...failed, ...waiting, ...none]);
};
