import { gzipSync } from 'node:zlib';
import { FeedError } from '../../../../exporter/src/feeds/feed';
import { gzipAnswer, type Hostility } from '../../../support/scrape-hostility';
import { beginStory, endStories, rowWith, until, verdictOf } from '../../../support/scrape-story';
import { answerMetrics, METRICS, type ScrapeTarget, serveRawTarget, serveTarget } from '../../../support/scrape-target';

const targets: ScrapeTarget[] = [];
afterEach(async () => {
  await endStories();
  await Promise.all(targets.splice(0).map((target) => target.kill()));
});

async function serve(...given: Parameters<typeof serveTarget>): Promise<ScrapeTarget> {
  const target = await serveTarget(...given);
  targets.push(target);
  return target;
}

async function serveRaw(behave: Hostility): Promise<ScrapeTarget> {
  const target = await serveRawTarget(behave);
  targets.push(target);
  return target;
}

const at = ({ url }: { url: string }, host: string | null = null) => ({ url, host });
const PATIENT = { timeoutMs: 5000 };

describe('R28: a target that is killed', () => {
  it('is down after its next scrape and up after the one that finds it again; the others do not notice', async () => {
    const [dying, other] = [await serve(answerMetrics), await serve(answerMetrics)];
    const story = beginStory({ targets: [at(dying), at(other)], settings: PATIENT });
    const alive = await rowWith(story, dying.port, 'ok');
    expect(alive).toMatchObject({ up: true, error: null });
    await dying.kill();
    targets.shift();
    const dead = await rowWith(story, dying.port, 'failed');
    expect(dead).toMatchObject({ up: false, error: 'The target refuses the connection.' });
    expect(dead.lastSuccess).toBeGreaterThanOrEqual(alive.lastSuccess!);
    expect(dead.rows.accepted).toBeGreaterThanOrEqual(2);
    const [read, lost] = [story.scrapesOf(other.port), story.scrapesOf(dying.port)];
    await until(() => story.scrapesOf(other.port) >= read + 3);
    expect(story.row(other.port)).toMatchObject({ up: true, error: null });
    expect(story.scrapesOf(dying.port)).toBe(lost);
    const later = story.row(dying.port)!;
    expect(later.lagSeconds).toBeGreaterThan(dead.lagSeconds!);
  });

  it('is found again when it is back', async () => {
    let isBroken = true;
    const target = await serve((request, response) => {
      if (isBroken) response.writeHead(500).end();
      else answerMetrics(request, response);
    });
    const story = beginStory({ targets: [at(target)], settings: PATIENT });
    await rowWith(story, target.port, 'failed');
    isBroken = false;
    expect(await rowWith(story, target.port, 'ok')).toMatchObject({ up: true, error: null });
  });
});

describe('A whole answer', () => {
  it('is handed over once a scrape, with its target, its type and both clocks', async () => {
    const target = await serve((_request, response) => {
      response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
      response.setHeader('date', 'Fri, 20 Nov 2026 06:00:00 GMT');
      response.end(`${METRICS}# EOF\n`);
    });
    const NOW = Date.UTC(2026, 10, 21);
    const story = beginStory({
      targets: [at(target, 'node-1')],
      settings: PATIENT,
      clock: { now: () => NOW, speed: 1 },
    });
    await until(() => target.requests.length >= 3);
    expect(story.scrapes[0]).toEqual({
      target: { url: target.url, host: 'node-1' },
      body: `${METRICS}# EOF\n`,
      contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
      receivedAt: NOW,
      targetClock: Date.UTC(2026, 10, 20, 6),
    });
    expect(story.row(target.port)).toMatchObject({ lastSuccess: NOW, lagSeconds: 0, outcome: 'ok' });
    await story.pool.stop();
    expect(story.scrapes.length).toBeGreaterThanOrEqual(target.requests.length - 1);
    expect(story.scrapes.length).toBeLessThanOrEqual(target.requests.length);
  });

  it('was asked for as Prometheus asks, OpenMetrics first and then text, plain or as gzip', async () => {
    const target = await serve(answerMetrics);
    beginStory({ targets: [at(target)], settings: PATIENT });
    await until(() => target.requests.length > 0);
    const { headers, method } = target.requests[0]!;
    const asked = headers.accept!.split(',').map((type) => type.split(';q=')[0]);
    expect(asked).toEqual(['application/openmetrics-text;version=1.0.0', 'text/plain;version=0.0.4', '*/*']);
    expect([method, headers['accept-encoding'], headers.authorization]).toEqual(['GET', 'gzip', undefined]);
  });

  it('may be gzip', async () => {
    const target = await serveRaw(gzipAnswer(gzipSync(METRICS)));
    const story = beginStory({ targets: [at(target)], settings: PATIENT });
    expect(await rowWith(story, target.port, 'ok')).toMatchObject({ up: true });
    expect(story.scrapes[0]?.body).toBe(METRICS);
  });

  it('may stay open when it has said its length', async () => {
    const target = await serveRaw((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: ${METRICS.length}\r\n\r\n${METRICS}`);
    });
    const story = beginStory({ targets: [at(target)], settings: PATIENT });
    await until(() => story.scrapes.length >= 3);
    expect(story.scrapes[2]).toMatchObject({ body: METRICS, contentType: null, targetClock: null });
    await story.pool.stop();
    await until(() => target.connections().open === 0);
  });

  it('that is empty keeps the target up, says so and makes nothing fresher', async () => {
    let isReloading = false;
    const target = await serve((request, response) => {
      if (isReloading) response.end();
      else answerMetrics(request, response);
    });
    let now = 1_000_000;
    const story = beginStory({ targets: [at(target)], settings: PATIENT, clock: { now: () => now, speed: 1 } });
    await rowWith(story, target.port, 'ok');
    await until(() => target.requests.length > 1);
    [isReloading, now] = [true, 1_030_000];
    const row = await rowWith(story, target.port, 'empty');
    const error = 'The target answers HTTP 200 with an empty body.';
    expect(row).toMatchObject({ up: true, error, lastSuccess: 1_030_000 });
    now = 1_060_000;
    expect(story.row(target.port)!.lagSeconds).toBeGreaterThanOrEqual(30);
  });

  it('may be empty as gzip too', async () => {
    const target = await serveRaw(gzipAnswer(gzipSync('')));
    const story = beginStory({ targets: [at(target)], settings: PATIENT });
    expect(await rowWith(story, target.port, 'empty')).toMatchObject({ up: true });
  });

  it.each([
    [new FeedError('The exposition lacks its # EOF.'), 'The exposition lacks its # EOF.'],
    [new TypeError('no such label'), 'The scrape failed: no such label'],
  ])('that the feed refuses with %s counts as failed', async (thrown, error) => {
    const target = await serve(answerMetrics);
    const refuse = () => {
      throw thrown;
    };
    const story = beginStory({ targets: [at(target)], settings: PATIENT, onScrape: refuse });
    expect(await rowWith(story, target.port, 'failed')).toMatchObject({ up: false, error, lastSuccess: null });
  });

  it('adds up rows and dropped samples', async () => {
    const target = await serve(answerMetrics);
    const verdict = { outcome: 'ok', rows: { accepted: 7, rejected: 2 }, dropped: { nan: 1, sentinel: 3 } } as const;
    let count = 0;
    const onScrape = () => {
      count += 1;
      return count > 2 ? verdictOf(1) : verdict;
    };
    const story = beginStory({ targets: [at(target)], settings: PATIENT, onScrape });
    await until(() => count >= 3);
    await story.pool.stop();
    expect(story.row(target.port)).toMatchObject({
      rows: { accepted: 14 + count - 2, rejected: 4 },
      dropped: { nan: 2, sentinel: 6 },
    });
  });
});

describe('A pool', () => {
  it('shows each target from the start, down and without an error before its first scrape', async () => {
    const target = await serve(answerMetrics);
    const story = beginStory({ targets: [at(target)] });
    const rows = { accepted: 0, rejected: 0 };
    expect(story.pool.health()).toEqual([
      {
        feed: `gpus/127.0.0.1:${target.port}`,
        up: false,
        lastSuccess: null,
        lagSeconds: null,
        rows,
        dropped: {},
        durationSeconds: 0,
        error: null,
      },
    ]);
  });

  it('never scrapes a target twice at once, however slow it is', async () => {
    const target = await serve((request, response) => void setTimeout(() => answerMetrics(request, response), 200));
    const story = beginStory({ targets: [at(target)], settings: { intervalMs: 20, timeoutMs: 5000 } });
    await until(() => story.scrapes.length >= 4);
    expect(target.connections().most).toBeLessThanOrEqual(2);
    expect(target.requests.length - story.scrapes.length).toBeLessThanOrEqual(1);
  });

  it('runs as fast as its clock, and at real speed beside a clock that stands still', async () => {
    const [fast, still] = [await serve(answerMetrics), await serve(answerMetrics)];
    const settings = { intervalMs: 100_000, timeoutMs: 5000 };
    const clock = { now: () => 0, speed: 1000 };
    beginStory({ targets: [at(fast)], settings, clock });
    beginStory({ targets: [at(still)], settings, clock: { ...clock, speed: 0 } });
    await until(() => fast.requests.length >= 5 && still.requests.length > 0);
    expect(still.requests).toHaveLength(1);
  });

  it('hands nothing over once it has been stopped, not even what was under way', async () => {
    const target = await serve((request, response) => void setTimeout(() => answerMetrics(request, response), 100));
    const story = beginStory({ targets: [at(target)], settings: PATIENT });
    await until(() => target.requests.length > 0);
    await story.pool.stop();
    await until(() => target.connections().open === 0);
    expect(story.scrapes).toEqual([]);
  });

  it('warns of no leak and keeps no connection over many scrapes', async () => {
    const target = await serve(answerMetrics);
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    const story = beginStory({ targets: [at(target)], settings: { intervalMs: 1, timeoutMs: 5000 } });
    await until(() => story.scrapes.length >= 100);
    await story.pool.stop();
    await until(() => target.connections().open === 0);
    process.off('warning', onWarning);
    expect(warnings).toEqual([]);
    expect(target.connections().most).toBeLessThanOrEqual(5);
  });
});
