import { ScrapeIntervals } from '../../../../exporter/src/views/metrics/scrape-intervals';

function observed(scrapes: readonly (readonly [string, number])[]): Record<string, number> {
  const intervals = new ScrapeIntervals();
  for (const [address, seconds] of scrapes) intervals.observe(address, seconds);
  return Object.fromEntries(intervals.medians());
}

test('one scrape says nothing about how often they come', () => {
  expect(observed([['10.0.0.1', 5]])).toEqual({});
});

test('each scraper has the median of its own gaps', () => {
  const scrapes = [0, 5, 10, 15, 75, 80].map((seconds) => ['10.0.0.1', seconds] as const);
  expect(observed([...scrapes, ['10.0.0.2', 3], ['10.0.0.2', 33]])).toEqual({ '10.0.0.1': 5, '10.0.0.2': 30 });
});

test('a new interval shows once most of the last nine gaps have it', () => {
  const slow = Array.from({ length: 20 }, (_, index) => ['a', index * 60] as const);
  const fast = Array.from({ length: 5 }, (_, index) => ['a', 1140 + (index + 1) * 5] as const);
  expect(observed([...slow, ...fast.slice(0, 4)])).toEqual({ a: 60 });
  expect(observed([...slow, ...fast])).toEqual({ a: 5 });
});

test('the scraper unseen for longest is forgotten beyond sixteen', () => {
  const twice = Array.from(
    { length: 17 },
    (_, index) =>
      [
        [`s${index}`, index],
        [`s${index}`, index + 1],
      ] as const,
  ).flat();
  const known = observed(twice);
  expect(Object.keys(known)).toHaveLength(16);
  expect(known).not.toHaveProperty('s0');
});

test('each scraper has its interval, and how long ago it came', () => {
  const intervals = new ScrapeIntervals();
  for (const seconds of [0, 15, 30]) intervals.observe('a', seconds);
  intervals.observe('b', 40);
  expect(intervals.scrapers(100)).toEqual([{ address: 'a', intervalSeconds: 15, agoSeconds: 70 }]);
});
