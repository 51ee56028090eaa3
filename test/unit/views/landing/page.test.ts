import { createHash } from 'node:crypto';
import { printAmount } from '../../../../exporter/src/units/money-text';
import { landingPage } from '../../../../exporter/src/views/landing/page';
import { amountHtml, spanText } from '../../../../exporter/src/views/landing/show';
import { runMetrics } from '../../../support/run-metrics';
import { HOSTILE, publishedState } from '../../../support/view-estate';
import { feedHealth, HEALTHY_NOW, pricedHost, spendNow } from '../../../support/view-healthy';
import { serveStory, STORY_NOW } from '../../../support/view-server';

const EXAMPLE = 'Example data.\nRun npm start beside your own .metaflow, or write flowledger.yaml.';

async function served(options = {}) {
  const server = await serveStory(options);
  const answer = await server.ask('/');
  await server.close();
  return answer;
}

test('the page says what is spent, how fresh that is, the newest runs and the feeds', async () => {
  const { status, headers, text } = await served();
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  for (const part of ['$35.00', '$27.00', '60 s ago', '2 of 3', '4 issues', '2026-11-21 05:30:00 UTC'])
    expect(text).toContain(part);
  for (const part of ['TrainFlow', '$8.67', 'unpriced', 'incomplete', 'No team', 'ECONNREFUSED', '1,200'])
    expect(text).toContain(part);
  for (const path of ['/metrics', '/api/v1/runs', '/api/v1/openapi.json']) expect(text).toContain(`href="${path}"`);
  expect(text).not.toContain('These are example data');
});

test('a cost of which a part is unknown is a lower bound, and one that is wholly unknown has no number', async () => {
  const { text } = await served();
  const costOf = (name: string) => {
    const row = text.split('<tr>').find((part) => part.includes(`<bdi>${name}</bdi>`)) ?? '';
    return /<td class="number">([\s\S]*?)<\/td>/.exec(row)?.[1]?.replace(/<[^>]*>/g, '');
  };
  expect(['LostFlow', 'EvalFlow', 'MysteryFlow'].map(costOf)).toEqual(['≥ $4.00 incomplete', 'unpriced', 'unknown']);
});

test('an unpriced host comes with what to paste', async () => {
  const { text } = await served();
  expect(text).toMatch(
    /Host <bdi>node-b<\/bdi> has no price\. To price it, paste into\s+flowledger\.yaml:\s*<\/p>\s*<pre>rate_cards:/,
  );
  expect(text).toContain('price_per_hour: &lt;price&gt;');
});

test('example data are announced loudly, with how to point at one’s own', async () => {
  const { text } = await served({ example: EXAMPLE });
  expect(text).toMatch(
    new RegExp(`<strong>These are example data</strong>\\s*<p>${EXAMPLE.replaceAll('.', '\\.')}</p>`),
  );
});

test('the page may load its own style sheet and nothing else', async () => {
  const { headers, text } = await served();
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(text) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  expect(headers['content-security-policy']).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(text).not.toMatch(
    /<(?:script|link|img|iframe|object|base|form)\b|<[a-z][^<>]*\s(?:style|src|on\w+)=|https?:\/\//i,
  );
});

test('hostile names are only text', async () => {
  const { text } = await served({ example: HOSTILE });
  expect(text).not.toContain('<img');
  expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&#39;}');
});

test('names are cut, and their direction marks do not reach beyond them', async () => {
  const { text } = await served();
  expect(text).toMatch(/<bdi>&lt;img[^<]{0,200}…<\/bdi>/);
  expect(text).not.toContain('ö'.repeat(130));
});

test('a state in which nothing is known says so, and shows no 0 for it', () => {
  const state = publishedState({ completeUntil: null });
  const page = landingPage({ state, runs: [], issues: null, example: null, version: '1', now: STORY_NOW });
  for (const part of ['<b>unpriced</b>', '<b>not yet</b>', 'No run has been read yet.', 'No feed is configured.'])
    expect(page).toContain(part);
  expect(page).not.toContain('$0.00');
});

const pageOf = (facts: Parameters<typeof publishedState>[0]): string =>
  landingPage({
    state: publishedState(facts),
    runs: [],
    issues: { count: 0, isMore: false },
    example: null,
    version: '1',
    now: HEALTHY_NOW,
  });
const rowsOf = (page: string): (string | undefined)[] =>
  [...page.matchAll(/<td class="name"><bdi>([^<]*)<\/bdi>/g)].map(([, name]) => name);

test('of many targets the failing ones come first, and the rest is counted', () => {
  const well = Array.from({ length: 300 }, (_, index) => feedHealth(`dcgm/n${index}`));
  const failing = feedHealth('dcgm/down', { up: false, error: 'ETIMEDOUT', outcome: 'failed' });
  const empty = feedHealth('dcgm/dark', { outcome: 'empty' });
  const page = pageOf({ feeds: [...well, empty, failing] });
  expect([rowsOf(page).length, ...rowsOf(page).slice(0, 3)]).toEqual([20, 'dcgm/down', 'dcgm/dark', 'dcgm/n0']);
  expect(page).toContain('and 282 more, all well');
  const mostDown = pageOf({ feeds: well.map((feed) => ({ ...feed, up: false, error: 'x', outcome: 'failed' })) });
  expect(mostDown).toContain('and 280 more, 280 of them not well');
});

test('a feed that is up, empty, down or unread says so', () => {
  const unread = { ...feedHealth('d', { up: false, lastSuccess: null }), outcome: undefined as never };
  const page = pageOf({
    feeds: [
      feedHealth('a'),
      feedHealth('b', { outcome: 'empty' }),
      feedHealth('c', { up: false, error: 'x', outcome: 'failed' }),
      unread,
    ],
  });
  const badges = [...page.matchAll(/<td><span class="badge[^"]*">([^<]*)<\/span><\/td>/g)].map(([, text]) => text);
  expect([rowsOf(page), badges]).toEqual([
    ['c', 'b', 'd', 'a'],
    ['down', 'empty', 'not read yet', 'up'],
  ]);
});

test('the page says how much is known of what is held, what telemetry sees, and where to read more', async () => {
  const { text } = await served();
  expect(text).toContain('Of what is held now is known: 80 % by a run, 80 % by a team, 0 % by a project, 80 % surely.');
  expect(text).toContain('GPU telemetry sees 8 of 12 GPUs on 2 hosts.');
  expect(text).toContain('href="/api/v1/coverage"');
  const bare = pageOf({});
  for (const part of ['Nothing priced is held now.', 'No GPU telemetry is read']) expect(bare).toContain(part);
});

test('almost all is not shown as all', () => {
  const spend = [spendNow({ perHour: 10n ** 15n }), spendNow({ perHour: 1n, team: null })];
  expect(pageOf({ spend })).toContain('100 % by a run, 99.9 % by a team');
});

test('hosts that have ended, and those yet to come, are not counted', () => {
  const { host: declared, price } = pricedHost('gone', 1n);
  const gone = { host: { ...declared, to: HEALTHY_NOW - 3_600_000 }, price };
  const later = { host: { ...declared, name: 'later', from: HEALTHY_NOW + 3_600_000 }, price };
  const hosts = [pricedHost('node-a', 1n), pricedHost('node-b', null), gone, later];
  expect(pageOf({ hosts, computedAt: HEALTHY_NOW })).toContain('<b>1 of 2</b>');
});

test('the page counts the issues that the list shows, the stored ones too', async () => {
  const server = await serveStory();
  const { items } = await server.json('/api/v1/issues?limit=500');
  const { text } = await server.ask('/');
  await server.close();
  expect(items.length).toBeGreaterThan(1);
  expect(text).toContain(`>${items.length} issues<`);
});

test.each([
  [{ count: 1, isMore: false }, '>1 issue<'],
  [{ count: 500, isMore: true }, '>over 500 issues<'],
  [null, '>issues<'],
])('%j is shown as %s', (issues, text) => {
  const facts = { state: publishedState({}), runs: [], example: null, version: '1', now: HEALTHY_NOW };
  expect(landingPage({ ...facts, issues })).toContain(text);
});

test('a workload is no run on the page', () => {
  const serving = { ...runMetrics('', 'serving/bert', { live: true }) };
  expect(pageOf({ runs: [serving] })).toContain('0 runs recently');
});

test.each([
  [-5, '0 s'],
  [119, '119 s'],
  [120, '2 min'],
  [7200, '2 h'],
  [172_800, '2 d'],
])('%s seconds are %s', (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});

test.each([
  [0n, 'USD', '$0.00'],
  [1n, 'USD', '&lt; $0.0001'],
  [11_142_384_087n, 'USD', '$0.0111'],
  [8_666_666_666_667n, 'USD', '$8.67'],
  [-1_234_567_890_000_000_000n, 'EUR', '-EUR 1,234,567.89'],
])('%s × 10⁻¹² %s is shown as %s, beside the exact amount', (amount, currency, shown) => {
  expect(amountHtml(amount, currency).html).toBe(`<span title="${printAmount(amount)} ${currency}">${shown}</span>`);
});
