import { FeedError, type BackgroundFeed } from '../../../../exporter/src/feeds/feed';
import type { GpuBatch } from '../../../../exporter/src/feeds/gpu/gpu-batch';
import { createGpuFeed, type GpuFeedOptions } from '../../../../exporter/src/feeds/gpu/read-gpu-feed';
import type { ScrapeVerdict } from '../../../../exporter/src/feeds/scrape/pool';
import type { ScrapePoolOptions } from '../../../../exporter/src/feeds/scrape/read-pool';
import type { ScrapeSettings } from '../../../../exporter/src/feeds/scrape/settings';
import { RECEIVED, shownSample } from './gpu-scrape';

const SETTINGS: ScrapeSettings = {
  source: { kind: 'static', targets: [] },
  intervalMs: 30_000,
  timeoutMs: 10_000,
  bodyLimitBytes: 10_000_000,
  sampleLimit: 1000,
  tls: null,
  basicAuth: null,
  bearerTokenFile: null,
};
const CLOCK = { now: () => RECEIVED, speed: 1 };
const HEALTH = [{ feed: 'dcgm/a:9400', up: true }];

type Rig = {
  readonly feed: BackgroundFeed<GpuBatch>;
  readonly calls: string[];
  scrape(body: string, at?: { readonly url?: string; readonly contentType?: string }): ScrapeVerdict;
};

/** A feed whose pool scrapes what it is told to. */
function rig(options: Partial<GpuFeedOptions> = {}): Rig {
  const calls: string[] = [];
  let pool: ScrapePoolOptions | null = null;
  const createPool: GpuFeedOptions['createPool'] = (given) => {
    pool = given;
    return {
      start: () => void calls.push('start'),
      health: () => HEALTH as ReturnType<Rig['feed']['health']>,
      stop: async () => void calls.push('stop'),
    };
  };
  const feed = createGpuFeed({ name: 'dcgm', settings: SETTINGS, clock: CLOCK, createPool, ...options });
  return {
    feed,
    calls,
    scrape(body, { url = 'http://a:9400/metrics', contentType } = {}) {
      const target = { url, host: null };
      const scrape = { target, body, contentType: contentType ?? null, receivedAt: RECEIVED, targetClock: null };
      return pool!.onScrape(scrape);
    },
  };
}

const gpus = (count: number, value = '0.5'): string =>
  Array.from({ length: count }, (_, index) => `DCGM_FI_PROF_GR_ENGINE_ACTIVE{UUID="GPU-${index}"} ${value}\n`).join('');

describe('The feed of GPU telemetry', () => {
  it('hands over what arrived since the last time, once', () => {
    const { feed, scrape } = rig();
    expect(feed.take()).toEqual({ samples: [], issues: [] });
    scrape(gpus(2));
    scrape(gpus(1, '0.9'));
    const { samples, issues } = feed.take();
    expect(samples.map(shownSample)).toEqual([
      'GPU-0, 500000 ppm by gr_engine, - mW, - mJ, []',
      'GPU-1, 500000 ppm by gr_engine, - mW, - mJ, []',
      'GPU-0, 900000 ppm by gr_engine, - mW, - mJ, []',
    ]);
    expect(issues).toEqual([]);
    expect(feed.take()).toEqual({ samples: [], issues: [] });
  });

  it('starts, stops and tells the health of its pool', async () => {
    const { feed, calls } = rig();
    feed.start();
    await feed.stop();
    expect(calls).toEqual(['start', 'stop']);
    expect(feed.health()).toBe(HEALTH);
    expect(feed.name).toBe('dcgm');
  });

  it('says of each scrape how many lines it took, and why it left others out', () => {
    const { scrape } = rig();
    expect(scrape(`${gpus(3)}${gpus(1, 'NaN')}oops\nDCGM_FI_DEV_GPU_TEMP{UUID="GPU-0"} 40\n`)).toEqual({
      outcome: 'ok',
      rows: { accepted: 3, rejected: 2 },
      dropped: { nan: 1, parse: 1 },
    });
  });

  it.each([
    ['an empty body, as during a hot reload', ''],
    ['no GPU family', 'go_goroutines 5\n'],
  ])('takes %s for a gap, never for activity 0', (_, body) => {
    const { feed, scrape } = rig();
    expect(scrape(body)).toEqual({ outcome: 'empty', rows: { accepted: 0, rejected: 0 }, dropped: {} });
    expect(feed.take().samples).toEqual([]);
  });

  it.each([
    ['no line is a sample', '<html>\n<body>login</body>\n</html>\n', undefined],
    ['half of its only line arrived', 'DCGM_FI_DEV_GPU_UTIL{UUID="GPU-a"} 9', undefined],
    ['OpenMetrics was cut off', gpus(3), 'application/openmetrics-text; version=1.0.0'],
    ['there are more samples than allowed', gpus(1001), undefined],
  ])('fails a scrape as a whole when %s', (_, body, contentType) => {
    const { feed, scrape } = rig();
    expect(() => scrape(body, contentType === undefined ? {} : { contentType })).toThrow(FeedError);
    expect(feed.take()).toEqual({ samples: [], issues: [] });
  });

  // prettier-ignore
  it.each([
    // interval   speaks for
    [5_000,       10_000],
    [30_000,      60_000],
    [37_500,      75_000],
    [60_000,      75_000],
  ])('lets the samples of an interval of %i ms speak for %i ms', (intervalMs, holdsMs) => {
    const { feed, scrape } = rig({ settings: { ...SETTINGS, intervalMs } });
    scrape(gpus(1));
    expect(feed.take().samples.map((sample) => sample.holdsMs)).toEqual([holdsMs]);
  });

  it('remembers units for each target apart', () => {
    const { feed, scrape } = rig();
    const [a, b] = [{ url: 'http://a:9400/metrics' }, { url: 'http://b:9400/metrics' }];
    scrape('DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-a"} 37\n', a);
    scrape('DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-b"} 0.37\n', b);
    scrape('DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-a"} 1\n', a);
    scrape('DCGM_FI_DEV_GPU_UTIL_RATIO{UUID="GPU-b"} 1\n', b);
    expect(feed.take().samples.map(({ activityPpm }) => activityPpm)).toEqual([370_000, 370_000, 10_000, 1_000_000]);
  });

  it('knows the aliases and the honored labels of its configuration', () => {
    const aliases = [{ name: 'busy', quantity: 'gr_engine', scale: 0.01 }] as const;
    const { feed, scrape } = rig({ aliases, honorLabels: true });
    scrape('busy{UUID="GPU-a",pod="p",namespace="ml",instance="a:1",job="d"} 50\n');
    expect(feed.take().samples.map(shownSample)).toEqual(['GPU-a, 500000 ppm by gr_engine, - mW, - mJ, [ml/p]']);
  });

  it('tells an issue that every scrape repeats once, with its count', () => {
    const { feed, scrape } = rig();
    for (let round = 0; round < 3; round += 1) scrape(gpus(2, '7'));
    expect(feed.take().issues).toMatchObject([{ code: 'bad_sample', feed: 'dcgm', file: 'a:9400/metrics', count: 6 }]);
    expect(feed.take().issues).toEqual([]);
  });
});

describe('A feed that nobody takes from', () => {
  it('keeps the newest samples and counts what it lost', () => {
    const { feed, scrape } = rig({ backlog: 5 });
    expect(scrape(gpus(2, '0.1')).dropped).toEqual({});
    expect(scrape(gpus(3, '0.2')).dropped).toEqual({});
    expect(scrape(gpus(1, '0.3')).dropped).toEqual({ overflow: 2 });
    const { samples, issues } = feed.take();
    expect(samples.map(({ activityPpm }) => activityPpm)).toEqual([200_000, 200_000, 200_000, 300_000]);
    expect(issues).toMatchObject([{ code: 'bad_sample', feed: 'dcgm', count: 2 }]);
    expect(feed.take()).toEqual({ samples: [], issues: [] });
  });

  it('keeps the last samples of a scrape that is larger than its room', () => {
    const { feed, scrape } = rig({ backlog: 2 });
    expect(scrape(gpus(5)).dropped).toEqual({ overflow: 3 });
    expect(feed.take().samples.map(({ device }) => device.uuid)).toEqual(['GPU-3', 'GPU-4']);
  });
});
