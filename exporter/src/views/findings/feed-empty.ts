import { type Check, findingsOf } from './finding-facts';

/** Which feeds are there and hold nothing: an empty 200, an empty folder. */
export const feedEmpty: Check = ({ state: { feeds } }) =>
  findingsOf(
    'feed_empty',
    'Every feed that can be read holds facts.',
    feeds
      .filter(({ outcome }) => outcome === 'empty')
      .map(({ feed }) => ({
        status: 'warn',
        feed,
        detail: `The feed ${feed} answers, and holds nothing.`,
        fix:
          `If ${feed} should hold something: look at what its address under feeds: answers, and at the log of what ` +
          'stands there. A GPU exporter that lost its driver answers with an empty page; restart it.',
      })),
  );
