import { hashSync } from 'bcryptjs';
import { receipt } from '../../exporter/src/contract/receipt';
import type { Auth } from '../../exporter/src/views/auth/authenticate';
import { hashToken, type Token } from '../../exporter/src/views/auth/tokens';
import { serveStory, type ViewServer } from '../support/view-server';
import { viewStory } from '../support/view-story';

const SECRETS = ['reader', 'ingester', 'vision', 'both'].map((name) => `${name}-CANARY-0123456789abcdef0123456789`);
const [READER = '', INGESTER = '', VISION = '', BOTH = ''] = SECRETS;
const PASSWORD = 'CANARY hunter2 : with colon';

const token = (name: string, secret: string, facts: Partial<Token> = {}): Token => ({
  name,
  sha256: hashToken(secret),
  scopes: ['read'],
  teams: null,
  ...facts,
});

const AUTH: Auth = {
  tokens: [
    token('reader', READER),
    token('ingester', INGESTER, { scopes: ['ingest'] }),
    token('vision', VISION, { teams: ['vision'] }),
    token('both', BOTH, { teams: ['vision', 'language'] }),
  ],
  users: [{ name: 'ada', bcryptHash: hashSync(PASSWORD, 4) }],
};

const PLACES = ['/', '/metrics', '/api/v1/runs', '/api/v1/runs/TrainFlow/101', '/api/v1/openapi.json', '/nosuchplace'];

let server: ViewServer;
beforeAll(async () => {
  server = await serveStory({ auth: AUTH, listen: { host: '0.0.0.0', port: 9715 } });
});
afterAll(() => server.close());

const bearer = (secret: string) => ({ headers: { Authorization: `Bearer ${secret}` } });
const basic = (user: string, password: string) => ({
  headers: { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` },
});
const statusOf = async (path: string, asking = {}): Promise<number> => (await server.ask(path, asking)).status;

test.each([
  ['no credentials', {}],
  ['an empty header', { headers: { Authorization: '' } }],
  ['a wrong token', bearer('wrong-0123456789abcdef0123456789abcdef')],
  ['a token cut short', bearer(READER.slice(0, -1))],
  ['a token in another scheme', { headers: { Authorization: `Digest ${READER}` } }],
  ['a token of 10 kB', bearer('x'.repeat(10_000))],
  ['the hash of a token', bearer(hashToken(READER))],
  ['two headers', { headers: { Authorization: [`Bearer ${READER}`, `Bearer ${READER}`] } }],
  ['a wrong password', basic('ada', 'hunter3')],
  ['an unknown user', basic('eve', PASSWORD)],
  ['no password', { headers: { Authorization: `Basic ${Buffer.from('ada').toString('base64')}` } }],
])('%s is refused with one and the same answer everywhere', async (_what, asking) => {
  const answers = await Promise.all(PLACES.map((path) => server.ask(path, asking)));
  for (const { status, headers, text } of answers) {
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer realm="flowledger", Basic realm="flowledger", charset="UTF-8"');
    expect(JSON.parse(text)).toEqual({
      type: 'urn:flowledger:problem:unauthorized',
      title: 'No valid credentials',
      status: 401,
      detail: 'Log in with a bearer token or a password of this exporter.',
    });
  }
});

test('a token in the query logs nobody in', async () => {
  expect(await statusOf(`/api/v1/runs?token=${READER}`)).toBe(401);
});

test('a read token and a password open everything that can be read', async () => {
  for (const asking of [bearer(READER), basic('ada', PASSWORD), basic('ada', PASSWORD)]) {
    const statuses = await Promise.all(PLACES.map((path) => statusOf(path, asking)));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
  }
});

test('a token without the scope is refused', async () => {
  for (const path of PLACES.slice(0, -1)) {
    const { status, text } = await server.ask(path, bearer(INGESTER));
    expect([status, JSON.parse(text).detail]).toEqual([403, 'These credentials lack the scope read.']);
  }
});

test('health is open to everybody', async () => {
  expect([await statusOf('/healthz'), await statusOf('/readyz')]).toEqual([200, 200]);
});

test("a token bound to teams sees its teams' runs alone", async () => {
  const ids = async (secret: string): Promise<string[]> =>
    (await server.json('/api/v1/runs', bearer(secret))).items.map(({ flow, runId }: any) => `${flow}/${runId}`);
  expect(await ids(VISION)).toEqual(['EvalFlow/7', 'TrainFlow/100']);
  expect(await ids(BOTH)).toEqual(['TrainFlow/101', 'EvalFlow/7', 'TrainFlow/100']);
});

test('a token bound to several teams pages through all of them in order', async () => {
  const first = await server.json('/api/v1/runs?limit=2', bearer(BOTH));
  const second = await server.json(`/api/v1/runs?limit=2&cursor=${first.nextCursor}`, bearer(BOTH));
  expect([...first.items, ...second.items].map(({ runId }: any) => runId)).toEqual(['101', '7', '100']);
});

test('the runs of all the teams of a token are one question to the store', async () => {
  const { store, state } = await viewStory();
  const asked = jest.spyOn(store, 'runs');
  const bound = await serveStory({ store, state: () => state, auth: AUTH });
  const { items } = await bound.json('/api/v1/runs', bearer(BOTH));
  await bound.close();
  expect([items.length, asked.mock.calls.length]).toEqual([3, 1]);
});

test("a token bound to teams cannot tell another team's run from none", async () => {
  for (const path of ['runs/TrainFlow/101', 'runs/TrainFlow/101/series', 'explain?pathspec=TrainFlow/101']) {
    expect([path, await statusOf(`/api/v1/${path}`, bearer(VISION))]).toEqual([path, 404]);
  }
  expect(await statusOf('/api/v1/runs/TrainFlow/100', bearer(VISION))).toBe(200);
});

test('a token bound to teams is not told how the rest of a charge period was divided', async () => {
  const path = '/api/v1/explain?pathspec=TrainFlow/100&deployment=prod';
  const [bound, free] = [await server.json(path, bearer(VISION)), await server.json(path, bearer(READER))];
  expect(free.items[0].charges[0]).toMatchObject({ otherWorkload: '14.666666666667', idle: '14.666666666666' });
  const charges = bound.items.flatMap((item: any) => item.charges);
  expect(charges).toHaveLength(3);
  for (const charge of charges) {
    expect(charge).toMatchObject({ otherWorkload: null, idle: null, unattributed: null, originAmount: '32' });
    expect(charge.sentence).toMatch(/ = [\d.]+ USD\.$/);
  }
  expect([bound.cost, receipt.safeParse(bound).error]).toEqual([free.cost, undefined]);
});

test('a token bound to teams is refused what belongs to everybody', async () => {
  const paths = [
    '/',
    '/metrics',
    '/api/v1/flows',
    '/api/v1/idle',
    '/api/v1/experiments',
    '/api/v1/issues',
    '/api/v1/coverage',
    '/api/v1/runs?team=language',
    '/api/v1/runs?team=',
  ];
  for (const path of paths) expect([path, await statusOf(path, bearer(VISION))]).toEqual([path, 403]);
});

test('a token bound to teams sees its own teams in the list of teams', async () => {
  const { items } = await server.json('/api/v1/teams', bearer(VISION));
  expect(items.map(({ team }: any) => team)).toEqual(['vision']);
});

test('no answer and no log repeats a secret', async () => {
  const askings = [...SECRETS.map(bearer), basic('ada', PASSWORD), bearer('CANARY-wrong')];
  const answers = await Promise.all(PLACES.flatMap((path) => askings.map((asking) => server.ask(path, asking))));
  expect(JSON.stringify([answers, server.logged])).not.toMatch(/CANARY|\$2[aby]\$/);
});

describe('on loopback without tokens', () => {
  let local: ViewServer;
  beforeAll(async () => {
    local = await serveStory();
  });
  afterAll(() => local.close());

  test.each(['localhost', 'localhost:9715', '127.0.0.1:9715', '[::1]:9715', 'LOCALHOST'])(
    'the Host %s is answered',
    async (name) => {
      expect((await local.ask('/api/v1/runs', { headers: { Host: name } })).status).toBe(200);
    },
  );

  test.each([
    'evil.example',
    'evil.example:9715',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '[::2]',
  ])('the Host %s is refused', async (name) => {
    const { status, text } = await local.ask('/api/v1/runs', { headers: { Host: name } });
    expect([status, JSON.parse(text).type]).toEqual([403, 'urn:flowledger:problem:host-refused']);
  });
});

test('an address other than loopback answers to every Host', async () => {
  expect(await statusOf('/healthz', { headers: { Host: 'flowledger.example.com' } })).toBe(200);
});
