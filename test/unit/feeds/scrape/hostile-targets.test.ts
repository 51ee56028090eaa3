import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import {
  drip,
  dripBody,
  gzipAnswer,
  gzipOfWrongLength,
  type Hostility,
  rawAnswer,
  rawOk,
  sendThenClose,
  sendThenReset,
} from '../../../support/scrape-hostility';
import { beginStory, endStories, rowWith, until } from '../../../support/scrape-story';
import { answerMetrics, METRICS, type ScrapeTarget, serveRawTarget, serveTarget } from '../../../support/scrape-target';

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';
const HALF = METRICS.slice(0, METRICS.length / 2);
const zipped = gzipSync(METRICS);
// Text that gzip cannot make small, so that half of it is many blocks.
const noise = Array.from({ length: 500 }, (_, index) => createHash('sha256').update(`${index}`).digest('hex')).join(
  '\n',
);
const zippedNoise = gzipSync(noise);

const late = /^The target did not answer (completely|at all) within [\d.]+ s\.$/;
const closed = 'The target closed the connection before its answer was complete.';
const damaged = 'The answer is damaged: its gzip data are cut short, or not what their end says.';
const tooLarge = 'The answer is larger than 100000 bytes, the limit of this feed.';

const HOSTILE: { name: string; behave: Hostility; error: string | RegExp }[] = [
  { name: 'accepts and says nothing', behave: () => undefined, error: late },
  { name: 'hangs after the headers', behave: rawOk(`Content-Length: ${METRICS.length}`, ''), error: late },
  { name: 'sends its headers byte by byte', behave: drip(`${HEAD}X: y\r\n`, 5), error: late },
  { name: 'sends its body byte by byte', behave: dripBody(`${HEAD}\r\n`, 5), error: late },
  { name: 'never ends a body without a length', behave: rawOk('Connection: close', METRICS), error: late },
  { name: 'never ends a chunked body', behave: rawOk('Transfer-Encoding: chunked', '4\r\nup 1\r\n'), error: late },
  {
    name: 'redirects to itself',
    behave: rawAnswer(['HTTP/1.1 301 Moved Permanently', 'Location: /metrics', 'Content-Length: 0']),
    error: 'The target redirects (HTTP 301), which is not followed.',
  },
  {
    name: 'answers 204',
    behave: rawAnswer(['HTTP/1.1 204 No Content']),
    error: 'The target answers without content (HTTP 204) instead of metrics.',
  },
  {
    name: 'answers 500 with metrics',
    behave: rawAnswer(['HTTP/1.1 500 Oh no', `Content-Length: ${METRICS.length}`], METRICS),
    error: 'The target answers HTTP 500 instead of metrics.',
  },
  {
    name: 'answers with a page that calls itself plain text',
    behave: rawOk('Content-Length: 22', '\n<!doctype html><p>hi\n'),
    error: 'The target answers with a web page instead of metrics.',
  },
  {
    name: 'answers with a page',
    behave: rawAnswer(['HTTP/1.1 200 OK', 'Content-Type: text/html; charset=utf-8', 'Content-Length: 2'], 'hi'),
    error: 'The target answers with a web page instead of metrics.',
  },
  {
    name: 'answers in JSON',
    behave: rawAnswer(['HTTP/1.1 200 OK', 'Content-Type: application/json', 'Content-Length: 2'], '{}'),
    error: 'The target answers with application/json instead of metrics in text form.',
  },
  { name: 'sends a gzip of wrong length', behave: gzipAnswer(gzipOfWrongLength()), error: damaged },
  { name: 'sends half a gzip', behave: gzipAnswer(zippedNoise.subarray(0, zippedNoise.length / 2)), error: damaged },
  { name: 'calls plain text gzip', behave: gzipAnswer(Buffer.from(METRICS)), error: damaged },
  {
    name: 'encodes as br',
    behave: rawOk('Content-Encoding: br\r\nContent-Length: 3', 'abc'),
    error: 'The target encodes its answer in a way that it was not asked for; gzip is understood.',
  },
  {
    name: 'closes before its gzip is complete',
    behave: sendThenClose(
      Buffer.concat([
        Buffer.from(`${HEAD}Content-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\n\r\n`),
        zipped.subarray(0, -4),
      ]),
    ),
    error: new RegExp(`${closed}|${damaged}`),
  },
  { name: 'sends a gzip bomb', behave: gzipAnswer(gzipSync(Buffer.alloc(50_000_000, 'a'))), error: tooLarge },
  { name: 'announces a body over the limit', behave: rawOk('Content-Length: 100001', ''), error: tooLarge },
  { name: 'sends a body over the limit', behave: rawOk('Connection: close', 'a'.repeat(100_001)), error: tooLarge },
  {
    name: 'resets half way through the body',
    behave: sendThenReset(`${HEAD}Content-Length: ${METRICS.length}\r\n\r\n${HALF}`),
    error: closed,
  },
  {
    name: 'resets half way through a chunked body',
    behave: sendThenReset(`${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\nup 1\r\n`),
    error: closed,
  },
  {
    name: 'resets half way through a body without a length',
    behave: sendThenReset(`${HEAD}\r\n${HALF}`),
    error: closed,
  },
  {
    name: 'closes before the length it gave',
    behave: sendThenClose(`${HEAD}Content-Length: ${METRICS.length}\r\n\r\n${HALF}`),
    error: closed,
  },
  {
    name: 'sends more than the length it gave',
    behave: sendThenClose(`${HEAD}Content-Length: ${HALF.length}\r\nConnection: close\r\n\r\n${METRICS}`),
    error: /^The answer is not valid HTTP \(HPE_/,
  },
  { name: 'closes without a word', behave: sendThenClose(''), error: closed },
  { name: 'speaks no HTTP', behave: sendThenClose('SSH-2.0-OpenSSH_9.2\r\n'), error: /^The answer is not valid HTTP/ },
  {
    name: 'wants to speak another protocol',
    behave: rawAnswer(['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket']),
    error: 'The target closed the connection without an answer.',
  },
  { name: 'asks for patience without end', behave: drip('HTTP/1.1 102 Processing\r\n\r\n', 1), error: late },
  {
    name: 'sends headers without end',
    behave: rawAnswer([HEAD.trim(), ...Array.from({ length: 3000 }, (_, index) => `X-${index}: ${'y'.repeat(20)}`)]),
    error: /^The answer is not valid HTTP \(HPE_HEADER_OVERFLOW\)/,
  },
];

let targets: ScrapeTarget[] = [];
afterEach(async () => {
  await endStories();
  await Promise.all(targets.splice(0).map((target) => target.kill()));
});

async function begin(behave: Hostility): Promise<{ bad: ScrapeTarget; good: ScrapeTarget }> {
  const [bad, good] = await Promise.all([serveRawTarget(behave), serveTarget(answerMetrics)]);
  targets = [bad, good];
  return { bad, good };
}

describe('R29, R30: a target that', () => {
  it.each(HOSTILE)('$name is down, says why, hands nothing over and delays nobody', async ({ behave, error }) => {
    const { bad, good } = await begin(behave);
    const story = beginStory({
      targets: [bad, good].map(({ url }) => ({ url, host: null })),
      // Where the deadline is not what ends the scrape, a busy machine shall not reach it either.
      settings: { timeoutMs: error === late ? 150 : 5000 },
    });
    const row = await rowWith(story, bad.port, 'failed');
    expect(row).toMatchObject({ feed: `gpus/127.0.0.1:${bad.port}`, up: false, lastSuccess: null, lagSeconds: null });
    expect(row.error).toMatch(error);
    const before = story.scrapesOf(good.port);
    await until(() => bad.connections().made >= 3 && story.scrapesOf(good.port) >= before + 3);
    expect(await rowWith(story, good.port, 'ok')).toMatchObject({ up: true, error: null });
    expect(story.scrapesOf(bad.port)).toBe(0);
    expect(bad.connections().most).toBeLessThanOrEqual(2);
    await story.pool.stop();
    await until(() => bad.connections().open + good.connections().open === 0);
  });
});

describe('Forty targets that hang', () => {
  it('do not keep one that answers from being read at its interval', async () => {
    const { bad, good } = await begin(() => undefined);
    const paths = Array.from({ length: 40 }, (_, index) => `${bad.url}/${index}`);
    const story = beginStory({
      targets: [...paths, good.url].map((url) => ({ url, host: null })),
      settings: { intervalMs: 300, timeoutMs: 250 },
    });
    await until(() => story.pool.health().filter(({ outcome }) => outcome === 'failed').length === 40);
    const read = story.scrapesOf(good.port);
    let held = 0;
    await until(() => {
      held = Math.max(held, bad.connections().open);
      return story.scrapesOf(good.port) >= read + 8;
    });
    // Eight at once; as many may be closing.
    expect(held).toBeLessThanOrEqual(16);
    expect(held).toBeGreaterThan(0);
  });
});
