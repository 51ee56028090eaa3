import { FeedLags } from '../../../../exporter/src/views/findings/feed-lags';
import { feedHealth } from '../../../support/view-healthy';

/** What is usual after a feed was seen with these ages, one state after the other. */
function usualAfter(ages: readonly (number | null)[], lags = new FeedLags()): number | undefined {
  for (const [index, lagSeconds] of ages.entries()) {
    lags.observe({ computedAt: 1000 + index, feeds: [feedHealth('local', { lagSeconds })] });
  }
  return lags.usualSeconds().get('local');
}

/** The ages of a feed whose newest fact gets so old each time before a newer one comes. */
const teeth = (...peaks: readonly number[]): number[] => peaks.flatMap((peak) => [peak / 2, peak, 0]);
const steady = (count: number, peak: number): number[] => teeth(...Array<number>(count).fill(peak));
const growing = (count: number, step: number): number[] => Array.from({ length: count }, (_, index) => step * index);

test.each([
  ['four news are too few to know', steady(4, 5), undefined],
  ['the median of five is usual', teeth(9, 5, 7, 6, 8), 7],
  ['a feed without any fact has no usual age', [null, null, null, null, null], undefined],
  ['one outlier changes little', teeth(5, 5, 5, 5, 5, 50), 5],
  ['a feed that tells once an hour is usually that old', steady(5, 3600), 3600],
])('%s', (_what, ages, usual) => {
  expect(usualAfter(ages)).toBe(usual);
});

test.each([
  ['long after the start', 60, 15],
  ['soon after the start', 5, 1],
  ['polled more often than looked at', 5, 0.2],
])('a feed that is stuck teaches nothing, however long: %s', (_when, news, step) => {
  expect(usualAfter([...steady(news, 15), ...growing(500, step).flatMap((age) => [age, age])])).toBe(15);
});

test('the same state twice teaches once', () => {
  const lags = new FeedLags();
  const ages = steady(9, 5);
  for (const lagSeconds of ages) lags.observe({ computedAt: 1, feeds: [feedHealth('local', { lagSeconds })] });
  expect(lags.usualSeconds().size).toBe(0);
});

test('a feed that fails teaches nothing', () => {
  const lags = new FeedLags();
  for (const [at, lagSeconds] of steady(9, 5).entries()) {
    const failing = feedHealth('local', { lagSeconds, up: false, error: 'x', outcome: 'failed' });
    lags.observe({ computedAt: at, feeds: [failing] });
  }
  expect(lags.usualSeconds().size).toBe(0);
});

test('a feed that is gone is forgotten', () => {
  const lags = new FeedLags();
  usualAfter(steady(5, 5), lags);
  expect(lags.usualSeconds().size).toBe(1);
  lags.observe({ computedAt: 9999, feeds: [] });
  expect(lags.usualSeconds().size).toBe(0);
});
