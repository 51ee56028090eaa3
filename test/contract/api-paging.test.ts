import { MemoryStore } from '../support/memory-store';
import { DAWN, load, MINUTE_MS, publishedState, run } from '../support/view-estate';
import { serveStory, type ViewServer } from '../support/view-server';

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

test('issues of the last cycle come first, and stored ones that are among them only once', async () => {
  const items = (await allPages('/api/v1/issues', 1)) as { code: string; line: number | null }[];
  expect(items.map(({ code, line }) => [code, line])).toEqual([
    ['unpriced_host', null],
    ['bad_json', 1],
    ['bad_json', 2],
    ['bad_json', 3],
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
