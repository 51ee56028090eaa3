import { MemoryStore } from '../support/memory-store';
import type { Issue } from '../../exporter/src/facts/issue';
import { attempt, chargePeriod, closingsOf, DAWN, load, MINUTE_MS, publishedState, run } from '../support/view-estate';
import { serveStory, type ViewServer } from '../support/view-server';
import { STORED_ISSUES } from '../support/view-story';

let server: ViewServer;
beforeAll(async () => {
  server = await serveStory();
});
afterAll(() => server.close());

async function allPages(path: string, limit: number): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let cursor: string | null = null, pages = 0; pages < 100; pages += 1) {
    const query = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await server.json(`${path}?limit=${limit}${query}`);
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    if (page.nextCursor === null) return items;
    cursor = page.nextCursor;
  }
  throw new Error(`${path} does not end.`);
}

const LISTS = ['flows', 'runs', 'idle', 'teams', 'experiments', 'issues', 'rates'];

test.each(LISTS)('pages of /api/v1/%s hold every item once, in the order of the whole', async (list) => {
  const { items: whole, nextCursor } = await server.json(`/api/v1/${list}?limit=500`);
  expect(nextCursor).toBeNull();
  expect(whole.length).toBeGreaterThan(1);
  for (const limit of [1, 2, whole.length]) expect(await allPages(`/api/v1/${list}`, limit)).toEqual(whole);
});

test.each(LISTS)('/api/v1/%s refuses a cursor that was changed, cut or taken from another list', async (list) => {
  const { nextCursor } = await server.json(`/api/v1/${list}?limit=1`);
  const other = await server.json(`/api/v1/${list === 'runs' ? 'flows' : 'runs'}?limit=1`);
  const changed = Buffer.from(
    Buffer.from(nextCursor, 'base64url')
      .toString()
      .replace(/.(?=\]\]$)/, '~'),
  ).toString('base64url');
  for (const cursor of [
    nextCursor.slice(0, -2),
    `${nextCursor}A`,
    changed,
    other.nextCursor,
    'null',
    '%00',
    '!!!',
    'x'.repeat(1999),
  ]) {
    const answer = await server.ask(`/api/v1/${list}?limit=1&cursor=${cursor}`);
    expect([answer.status, JSON.parse(answer.text).type]).toEqual([400, 'urn:flowledger:problem:bad-cursor']);
  }
});

test('issues of the last cycle and stored ones are in one order, each once', async () => {
  const items = (await allPages('/api/v1/issues', 1)) as { code: string; line: number | null }[];
  expect(items.map(({ code, line }) => [code, line])).toEqual([
    ['bad_json', 1],
    ['bad_json', 2],
    ['bad_json', 3],
    ['unpriced_host', null],
  ]);
});

test('a page stays where it was when newer runs arrive', async () => {
  const store = new MemoryStore();
  const runs = [0, 1, 2, 3].map((minute) => run(`Flow/${minute}`, { startedAt: DAWN + minute * MINUTE_MS }));
  await store.publish(load('old', { runs }));
  let state = publishedState({ asOf: 1 });
  const growing = await serveStory({ store, state: () => state });
  const first = await growing.json('/api/v1/runs?limit=2');
  await store.publish(load('new', { runs: [run('Flow/4', { startedAt: DAWN + 4 * MINUTE_MS })] }));
  state = publishedState({ asOf: 2 });
  const second = await growing.json(`/api/v1/runs?limit=2&cursor=${first.nextCursor}`);
  await growing.close();
  const ids = [...first.items, ...second.items].map(({ runId }) => runId);
  expect(ids).toEqual(['3', '2', '1', '0']);
});

test('a page of issues stays where it was when others arrive, go and move to the store', async () => {
  const [issue] = STORED_ISSUES;
  const at = (line: number | null, count = 1): Issue => ({ ...issue!, feed: 'local', file: 'a.json', line, count });
  const store = new MemoryStore();
  await store.publish(load('old', { issues: [2, 4, 6, 8].map((line) => at(line)) }));
  let state = publishedState({ asOf: 1, issues: [at(5), at(null)] });
  const changing = await serveStory({ store, state: () => state });
  const first = await changing.json('/api/v1/issues?limit=3');
  await store.publish(load('new', { issues: [at(1), at(2, 0), at(3), at(5), at(7)] }));
  state = publishedState({ asOf: 2, issues: [at(6), at(9)] });
  const second = await changing.json(`/api/v1/issues?limit=3&cursor=${first.nextCursor}`);
  const third = await changing.json(`/api/v1/issues?limit=3&cursor=${second.nextCursor}`);
  await changing.close();
  const lines = [first, second, third].map(({ items }) => items.map(({ line }: Issue) => line));
  expect([lines, third.nextCursor]).toEqual([[[2, 4, 5], [6, 7, 8], [9]], null]);
});

test('a cursor made of the longest names that Metaflow and file systems have is accepted', async () => {
  const names = [1, 2].map((n) => `${'名'.repeat(500)}${n}`);
  const runs = names.map((name) =>
    run(`${name}/1`, { labels: { ...run('x/1').labels, team: name, experiment: name } }),
  );
  const issues = names.map((name) => ({ ...STORED_ISSUES[1]!, file: `/${'名'.repeat(1200)}${name.at(-1)}` }));
  const attempts = runs.map((of) => attempt(of, 'train/1'));
  const shares = attempts.map(({ key }) => ({ holder: key, gpus: 1, minutes: [0, 60] as const }));
  const hour = { host: 'node-a', gpus: 8, perHour: null, start: DAWN, end: DAWN + 60 * MINUTE_MS, shares };
  const store = new MemoryStore();
  await store.publish(load('long', { runs, attempts, issues, closings: closingsOf([chargePeriod(hour)]) }));
  const long = await serveStory({ store, state: () => publishedState({ asOf: 1 }) });
  for (const list of ['flows', 'runs', 'teams', 'experiments', 'issues']) {
    const { nextCursor } = await long.json(`/api/v1/${list}?limit=1`);
    const { status, text } = await long.ask(`/api/v1/${list}?limit=1&cursor=${nextCursor}`);
    expect([list, status, JSON.parse(text).items?.length]).toEqual([list, 200, 1]);
  }
  await long.close();
});
