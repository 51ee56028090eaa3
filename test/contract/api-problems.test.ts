import { problem } from '../../exporter/src/contract';
import { MemoryStore } from '../support/memory-store';
import { HOSTILE } from '../support/view-estate';
import { serveStory, type ViewServer } from '../support/view-server';

let server: ViewServer;
beforeAll(async () => {
  server = await serveStory();
});
afterAll(() => server.close());

async function problemOf(path: string, method = 'GET') {
  const { status, headers, text } = await server.ask(path, { method });
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const body = problem.parse(JSON.parse(text));
  expect(body.status).toBe(status);
  return { ...body, headers };
}

test.each([
  ['runs?limit=0', 'limit', '0'],
  ['runs?limit=501', 'limit', '501'],
  ['runs?limit=ten', 'limit', 'ten'],
  ['runs?limit=1.5', 'limit', '1.5'],
  ['runs?outcome=fine', 'outcome', 'fine'],
  ['runs?state=paid', 'state', 'paid'],
  ['runs?from=yesterday', 'from', 'yesterday'],
  ['runs?from=2026-02-30', 'from', '2026-02-30'],
  ['runs?to=2026-11-21T05:00:00', 'to', '2026-11-21T05:00:00'],
  ['runs?q=a&q=b', 'q', 'a,b'],
  ['runs/TrainFlow/101/series?step=5s', 'step', '5s'],
  ['runs/TrainFlow/101/series?step=25h', 'step', '25h'],
  ['runs/TrainFlow/101/series?step=60', 'step', '60'],
  ['coverage?from=yesterday', 'from', 'yesterday'],
  ['coverage?to=2026-11-31', 'to', '2026-11-31'],
  ['explain?pathspec=TrainFlow', 'pathspec', 'TrainFlow'],
  ['explain?pathspec=a/b/c/d/e', 'pathspec', 'a/b/c/d/e'],
  ['explain?pathspec=TrainFlow/101/train/1&attempt=-1', 'attempt', '-1'],
  ['explain?pathspec=TrainFlow/101&attempt=0', 'attempt', '0'],
])('/api/v1/%s names the parameter %s, its value and a remedy', async (path, parameter, value) => {
  const body = await problemOf(`/api/v1/${path}`);
  expect(body).toMatchObject({ status: 400, type: 'urn:flowledger:problem:bad-parameter', parameter, value });
  expect(body.remedy).toMatch(/^Give /);
});

test('a parameter that is missing, unknown or reversed is named', async () => {
  expect(await problemOf('/api/v1/explain')).toMatchObject({ parameter: 'pathspec', detail: 'pathspec is missing.' });
  expect(await problemOf('/api/v1/rates?token=s3cret')).toMatchObject({
    parameter: 'token',
    remedy: 'Use one of limit, cursor.',
  });
  for (const path of ['idle', 'coverage']) {
    const reversed = await problemOf(`/api/v1/${path}?from=2026-11-22&to=2026-11-21`);
    expect([path, reversed]).toEqual([path, expect.objectContaining({ parameter: 'from', status: 400 })]);
  }
  expect(await problemOf('/api/v1/coverage?limit=5')).toMatchObject({
    parameter: 'limit',
    remedy: 'Use one of from, to.',
  });
});

test('the value of an unknown parameter, which may be a secret, is not repeated', async () => {
  const { text } = await server.ask('/api/v1/rates?token=s3cret');
  expect(text).not.toContain('s3cret');
});

test.each(['__proto__', 'constructor', 'toString'])(
  'a parameter named %s is unknown, and changes nothing',
  async (name) => {
    expect(await problemOf(`/api/v1/runs?${name}=polluted`)).toMatchObject({ status: 400, parameter: name });
    expect(await problemOf(`/api/v1/runs?${name}[polluted]=1`)).toMatchObject({ status: 400 });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  },
);

test('a run that two deployments have is ambiguous until one is named', async () => {
  for (const path of ['runs/TrainFlow/100', 'runs/TrainFlow/100/series', 'explain?pathspec=TrainFlow/100']) {
    const body = await problemOf(`/api/v1/${path}`);
    expect(body).toMatchObject({
      status: 409,
      type: 'urn:flowledger:problem:ambiguous',
      deployments: ['prod', 'staging'],
    });
  }
  expect((await server.ask('/api/v1/runs/TrainFlow/100?deployment=staging')).status).toBe(200);
});

test.each([
  'runs/TrainFlow/999',
  'runs/TrainFlow/101?deployment=staging',
  'runs/TrainFlow/999/series',
  'explain?pathspec=TrainFlow/999',
  'explain?pathspec=TrainFlow/101/nosuchstep',
  'explain?pathspec=TrainFlow/101/train/1&attempt=7',
  'runs/../flows',
  'runs/%2e%2e/flows',
  'runs/..%2f..%2fetc/passwd',
  'nosuchroute',
])('/api/v1/%s is not found', async (path) => {
  expect(await problemOf(`/api/v1/${path}`)).toMatchObject({ status: 404, type: 'urn:flowledger:problem:not-found' });
});

test('a path that is not UTF-8 cannot be read', async () => {
  expect(await problemOf('/api/v1/runs/%E0%A4%A/1')).toMatchObject({
    status: 400,
    type: 'urn:flowledger:problem:bad-request',
  });
});

test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is refused everywhere', async (method) => {
  for (const path of ['/', '/metrics', '/healthz', '/readyz', '/api/v1/runs', '/api/v1/runs/TrainFlow/101']) {
    const { status, type, headers } = await problemOf(path, method);
    expect([status, type, headers['allow']]).toEqual([405, 'urn:flowledger:problem:method-not-allowed', 'GET, HEAD']);
  }
});

test('a series of too many buckets says which step would do', async () => {
  const long = await serveStory({ store: await storeOfALongRun() });
  const { status, text } = await long.ask('/api/v1/runs/TrainFlow/100/series?step=10s&deployment=prod');
  await long.close();
  expect(status).toBe(400);
  expect(JSON.parse(text)).toMatchObject({
    type: 'urn:flowledger:problem:too-large',
    parameter: 'step',
    value: '10s',
    remedy: 'Give a step of at least 173s.',
  });
});

test('until the first cycle has finished the API and /readyz are not ready, and /healthz is', async () => {
  const waiting = await serveStory({ state: () => null });
  for (const path of ['/readyz', '/api/v1/runs', '/api/v1/openapi.json']) {
    const { status, headers } = await waiting.ask(path);
    expect([path, status, headers['retry-after']]).toEqual([path, 503, '5']);
  }
  expect((await waiting.ask('/healthz')).text).toBe('ok\n');
  expect((await waiting.ask('/')).text).toContain('Reading the feeds');
  expect((await waiting.ask('/metrics')).text).toMatch(/^# HELP flowledger_build_info .*\n.*\n.* 1\n$/);
  await waiting.close();
});

test('a store that fails is logged, and its error is not shown', async () => {
  const store = new MemoryStore();
  store.runs = async () => Promise.reject(new Error('SELECT secret FROM runs'));
  const failing = await serveStory({ store });
  const { status, text } = await failing.ask('/api/v1/runs');
  expect([status, JSON.parse(text).type]).toEqual([500, 'urn:flowledger:problem:internal']);
  expect(text).not.toContain('SELECT');
  expect(failing.logged).toMatchObject([{ facts: { path: '/api/v1/runs' }, message: 'A request failed.' }]);
  expect((await failing.ask('/')).text).toContain('The store could not be read');
  await failing.close();
});

test('hostile text in parameters is only text', async () => {
  for (const text of [HOSTILE, "'; DROP TABLE runs; --", '(a+)+$'.repeat(30), '\u0000', '{x:Identifier}']) {
    const { items } = await server.json(`/api/v1/runs?q=${encodeURIComponent(text.slice(0, 200))}`);
    expect(items.every(({ flow }: { flow: string }) => flow === HOSTILE)).toBe(true);
  }
});

async function storeOfALongRun(): Promise<MemoryStore> {
  const { attempt, chargePeriod, closingsOf, DAWN, load, run } = await import('../support/view-estate');
  const { HOUR_MS } = await import('../../exporter/src/units/interval');
  const store = new MemoryStore();
  const long = run('TrainFlow/100', { endedAt: DAWN + 240 * HOUR_MS });
  const { key } = attempt(long, 'train/1');
  const hours = [0, 239].map((hour) => {
    const start = DAWN + hour * HOUR_MS;
    return chargePeriod({
      host: 'node-a',
      gpus: 8,
      perHour: 1n,
      start,
      end: start + HOUR_MS,
      shares: [{ holder: key, gpus: 1, minutes: [0, 60] }],
    });
  });
  await store.publish(
    load('long', { runs: [long], attempts: [attempt(long, 'train/1')], closings: closingsOf(hours) }),
  );
  return store;
}
