import { FeedLags } from '../../../../exporter/src/views/findings/feed-lags';
import { feedHealth } from '../../../support/view-healthy';

/** What is usual after a feed was seen with these ages, one state after the other. */
function usualAfter(ages: readonly (number | null)[], lags = new FeedLags()): number | undefined {
  for (const [index, lagSeconds] of ages.entries()) {
    lags.observe({ computedAt: 1000 + index, feeds: [feedHealth('local', { lagSeconds })] });
  }
  return lags.usualSeconds().get('local');
}

test.each([
  ['four states are too few to know', [5, 5, 5, 5], undefined],
  ['the median of five is usual', [9, 5, 7, 6, 8], 7],
  ['a feed without any fact has no usual age', [null, null, null, null, null], undefined],
  ['one outlier changes little', [5, 5, 5, 5, 5, 50], 5],
])('%s', (_what, ages, usual) => {
  expect(usualAfter(ages)).toBe(usual);
});

test('a feed that is stuck stays known as stuck, however long', () => {
  const stuck = Array.from({ length: 500 }, (_, index) => 15 * index);
  expect(usualAfter([...Array<number>(60).fill(15), ...stuck])).toBeLessThan(60);
});

test('the same state twice teaches once', () => {
  const lags = new FeedLags();
  for (let again = 0; again < 9; again += 1) lags.observe({ computedAt: 1, feeds: [feedHealth('local')] });
  expect(lags.usualSeconds().size).toBe(0);
});

test('a feed that fails teaches nothing', () => {
  const lags = new FeedLags();
  for (let at = 0; at < 9; at += 1) {
    lags.observe({ computedAt: at, feeds: [feedHealth('local', { up: false, error: 'x', outcome: 'failed' })] });
  }
  expect(lags.usualSeconds().size).toBe(0);
});

test('a feed that is gone is forgotten', () => {
  const lags = new FeedLags();
  usualAfter([5, 5, 5, 5, 5], lags);
  lags.observe({ computedAt: 9999, feeds: [] });
  expect(lags.usualSeconds().size).toBe(0);
});
