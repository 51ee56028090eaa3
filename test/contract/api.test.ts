import { flowList } from '../../exporter/src/contract/flow';
import { runList } from '../../exporter/src/contract/run';
import { type Route, type RouteId, routes } from '../../exporter/src/contract';
import { MemoryStore } from '../support/memory-store';
import { attempt, HOSTILE, load, publishedState, run } from '../support/view-estate';
import { serveStory, type ViewServer } from '../support/view-server';

/** Requests that between them reach every route of the table. */
const REQUESTS: readonly (readonly [RouteId, string])[] = [
  ['listFlows', '/api/v1/flows'],
  ['listFlows', '/api/v1/flows?q=train&deployment=prod&limit=1'],
  ['listRuns', '/api/v1/runs'],
  ['listRuns', '/api/v1/runs?q=ada&flow=TrainFlow&team=vision&experiment=sweep-1&outcome=succeeded&state=estimated'],
  ['listRuns', '/api/v1/runs?from=2026-11-01&to=2026-12-01T00:00:00%2B01:00'],
  ['getRun', '/api/v1/runs/TrainFlow/101'],
  ['getRun', '/api/v1/runs/TrainFlow/100?deployment=prod'],
  ['getRun', '/api/v1/runs/EvalFlow/7'],
  ['getRun', '/api/v1/runs/MysteryFlow/1'],
  ['getRun', `/api/v1/runs/${encodeURIComponent(HOSTILE)}/${encodeURIComponent(HOSTILE)}`],
  ['getRunSeries', '/api/v1/runs/TrainFlow/101/series?step=5m'],
  ['getRunSeries', '/api/v1/runs/EvalFlow/7/series'],
  ['getRunSeries', '/api/v1/runs/TrainFlow/102/series'],
  ['listIdle', '/api/v1/idle'],
  ['listIdle', '/api/v1/idle?host=node-b&from=2026-11-21&to=2026-11-22'],
  ['listTeams', '/api/v1/teams'],
  ['listExperiments', '/api/v1/experiments?from=2026-11-01'],
  ['listIssues', '/api/v1/issues'],
  ['listRates', '/api/v1/rates'],
  ['explain', '/api/v1/explain?pathspec=TrainFlow/101'],
  ['explain', '/api/v1/explain?pathspec=TrainFlow/100/train/2&attempt=1&deployment=prod'],
  ['explain', '/api/v1/explain?pathspec=EvalFlow/7/score'],
  ['explain', '/api/v1/explain?pathspec=MysteryFlow/1'],
  ['explain', '/api/v1/explain?pathspec=TrainFlow/102'],
  ['getCoverage', '/api/v1/coverage'],
  ['getCoverage', '/api/v1/coverage?from=2026-11-20&to=2026-11-20T12:00:00Z'],
  ['getOpenApi', '/api/v1/openapi.json'],
];

let server: ViewServer;
beforeAll(async () => {
  server = await serveStory();
});
afterAll(() => server.close());

test('every route of the table is asked', () => {
  expect(new Set(REQUESTS.map(([id]) => id))).toEqual(new Set(Object.keys(routes)));
});

test.each(REQUESTS)('%s answers %s as its schema says', async (id, path) => {
  const { status, headers, text } = await server.ask(path);
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  expect(headers).not.toHaveProperty('x-powered-by');
  const route: Route = routes[id];
  expect(route.response.safeParse(JSON.parse(text)).error).toBeUndefined();
});

test('a run whose times are no calendar dates takes neither a list nor the landing page with it', async () => {
  const store = new MemoryStore();
  const [never, ever] = [-9_007_199_254_740_991, 9_007_199_254_740_991];
  const runs = [
    run('WildFlow/1', { startedAt: ever, endedAt: ever }),
    run('WildFlow/2', { startedAt: never, endedAt: Date.UTC(10_000, 0) }),
    run('TrainFlow/1'),
  ];
  await store.publish(load('wild', { runs, attempts: runs.map((of) => attempt(of, 'start/1')) }));
  const wild = await serveStory({ store, state: () => publishedState({ asOf: 1, completeUntil: ever }) });
  const { items } = runList.parse(await wild.json('/api/v1/runs'));
  const flows = flowList.parse(await wild.json('/api/v1/flows')).items;
  const page = await wild.json('/api/v1/runs/WildFlow/2');
  const landing = await wild.ask('/');
  await wild.close();
  const [last, first] = ['9999-12-31T23:59:59.999Z', '0000-01-01T00:00:00.000Z'];
  expect(items.map(({ runId, startedAt, endedAt }) => [runId, startedAt, endedAt])).toEqual([
    ['1', last, last],
    ['1', '2026-11-21T04:00:00.000Z', '2026-11-21T05:00:00.000Z'],
    ['2', first, last],
  ]);
  expect(flows.map(({ lastStartedAt }) => lastStartedAt)).toEqual(['2026-11-21T04:00:00.000Z', last]);
  expect(page.steps[0].tasks[0].attempts[0]).toMatchObject({ start: first, end: last });
  expect([landing.status, landing.text.includes('9999-12-31 23:59:59 UTC')]).toEqual([200, true]);
  expect(wild.logged).toEqual([]);
});

test.each(REQUESTS.filter(([id]) => id !== 'getOpenApi'))('%s says how fresh %s is', async (_id, path) => {
  const answer = await server.json(path);
  expect(answer).toMatchObject({ completeUntil: '2026-11-21T05:30:00.000Z', currency: 'USD' });
});

test('the served description is the committed one', async () => {
  const { generatedFiles } = await import('../../exporter/src/generate');
  expect(await server.json('/api/v1/openapi.json')).toEqual(JSON.parse(generatedFiles()['openapi.json']!));
});
