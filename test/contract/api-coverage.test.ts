import { coverage, type Coverage } from '../../exporter/src/contract/coverage';
import type { ChargePeriod } from '../../exporter/src/facts/charge';
import { type Issue, NOWHERE } from '../../exporter/src/facts/issue';
import { workloadKey } from '../../exporter/src/facts/workload';
import { HOUR_MS } from '../../exporter/src/units/interval';
import { MONEY_ONE } from '../../exporter/src/units/money';
import { MemoryStore } from '../support/memory-store';
import { attempt, chargePeriod, closingsOf, DAWN, HOSTILE, load, MINUTE_MS, run } from '../support/view-estate';
import { HEALTHY_NOW, healthyState } from '../support/view-healthy';
import { serveStory, STORY_NOW, type ViewServer } from '../support/view-server';
import { viewStory } from '../support/view-story';

let server: ViewServer;
beforeAll(async () => {
  server = await serveStory();
});
afterAll(() => server.close());

const asked = async (query = '', of = server): Promise<Coverage> =>
  coverage.parse(await of.json(`/api/v1/coverage${query}`));
const byKey = ({ items }: Coverage) =>
  Object.fromEntries(items.map(({ key, amount, gpuSeconds }) => [key, [amount, gpuSeconds]]));

test('closed and open hours of the last 24 hours count together', async () => {
  const answer = await asked();
  expect(answer.window).toEqual({ from: '2026-11-20T05:00:00.000Z', to: '2026-11-21T05:31:00.000Z' });
  // node-a: 17.333333333334 closed and 4 open; node-b has no price. 26,400 GPU-seconds were held, 7,320 observed.
  expect(byKey(answer)).toEqual({
    run: ['21.333333333334', 26_400],
    team: ['16.666666666667', 22_200],
    project: ['0', 0],
    surely: ['21.333333333334', 26_400],
    telemetry: [null, 7320],
  });
  const ratios = Object.fromEntries(answer.items.map(({ key, ratio }) => [key, ratio]));
  expect(ratios).toEqual({
    run: 1,
    team: expect.closeTo(16.666666666667 / 21.333333333334, 12),
    project: 0,
    surely: 1,
    telemetry: expect.closeTo(7320 / 26_400, 12),
  });
});

test.each([
  ['?to=2026-11-21T06:00:00Z', '2026-11-20T06:00:00.000Z', '2026-11-21T05:31:00.000Z'],
  ['?to=2026-11-21T04:30:00Z', '2026-11-20T04:00:00.000Z', '2026-11-21T05:00:00.000Z'],
  ['?from=2027-01-01&to=2027-01-02', '2027-01-01T00:00:00.000Z', '2027-01-02T00:00:00.000Z'],
])('no window reaches from what is known into what is yet to come: %s', async (query, from, to) => {
  expect((await asked(query)).window).toEqual({ from, to });
});

test('a window before everything has nothing to divide, and no ratio', async () => {
  const { items, unmatched } = await asked('?from=2026-11-01&to=2026-11-02');
  expect(items.map(({ ratio }) => ratio)).toEqual([null, null, null, null, null]);
  expect(unmatched).toEqual([]);
});

test('a window holds only what was charged inside it', async () => {
  expect(byKey(await asked('?from=2026-11-21T05:10:00Z'))).toMatchObject({
    run: ['4', 3600],
    team: ['4', 3600],
    telemetry: [null, 3120],
  });
});

test('what telemetry sees of each host is told', async () => {
  expect((await asked()).telemetry).toEqual([
    { host: 'node-a', gpus: 8, seen: 8 },
    { host: 'node-b', gpus: 4, seen: 0 },
  ]);
});

test('runs without a team are told dearest first, each with what would name one', async () => {
  const { unmatched } = await asked();
  expect(unmatched.map(({ kind, flow, amount, heldGpuSeconds }) => [kind, flow, amount, heldGpuSeconds])).toEqual([
    ['run', 'LostFlow', '4', 3600],
    ['run', HOSTILE, '0.666666666667', 600],
  ]);
  expect(unmatched[0]).toMatchObject({ deployment: 'prod', runId: '1', namespace: null, host: null, hasTeam: false });
  expect(unmatched[0]!.likelyFix).toMatch(/^Tag it: run LostFlow with --tag team:<team>, or map .*dimensions\.team/);
});

test('findings look at the very state that is served', async () => {
  const { findings } = await asked();
  const failed = findings.filter(({ status }) => status === 'fail').map(({ check, feed }) => [check, feed]);
  expect(failed).toEqual([['feed_failed', 'service']]);
  const warned = new Set(findings.filter(({ status }) => status === 'warn').map(({ check }) => check));
  expect([...warned].sort()).toEqual([
    'budgets',
    'feed_empty',
    'gpu_telemetry',
    'lost_attempts',
    'other_issues',
    'prices',
    'run_resources',
    'scrape_interval',
    'unattributed_burn',
  ]);
});

test('who scrapes, and how often, is seen', async () => {
  let seconds = 0;
  const watched = await serveStory({ monotonicSeconds: () => seconds });
  const finding = async () => (await asked('', watched)).findings.find(({ check }) => check === 'scrape_interval')!;
  for (seconds of [0, 15, 30]) await watched.ask('/metrics');
  expect(await finding()).toMatchObject({ status: 'ok', detail: expect.stringContaining('scraped every 15 s') });
  seconds = 500;
  expect(await finding()).toMatchObject({ status: 'warn', detail: expect.stringContaining('any more') });
  await watched.close();
});

test('a feed that is much older than it was is seen as stale', async () => {
  const { store } = await viewStory();
  let [age, cycles] = [5, 0];
  const aging = await serveStory({
    store,
    clock: { now: () => HEALTHY_NOW },
    state: () => {
      const healthy = healthyState({ computedAt: HEALTHY_NOW - 2000 + cycles });
      return { ...healthy, feeds: [{ ...healthy.feeds[0]!, lagSeconds: age }] };
    },
  });
  const seen: [number, number][] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map((cycle) => [cycle % 2 === 1 ? 5 : 0, cycle]);
  for ([age, cycles] of seen) await aging.ask('/metrics');
  const stale = async () => (await asked('', aging)).findings.find(({ check }) => check === 'feed_stale')!;
  expect(await stale()).toMatchObject({ status: 'ok' });
  [age, cycles] = [600, 12];
  expect(await stale()).toMatchObject({ status: 'warn', feed: 'local', detail: expect.stringContaining('10 min old') });
  await aging.close();
});

describe('a cluster with a serving endpoint and use that nobody knows', () => {
  const ENDPOINT = workloadKey({ cluster: 'blue', namespace: 'serving', workload: 'bert', pod: 'bert-0', uid: 'u-1' });
  const NOTEBOOK = workloadKey({ cluster: 'blue', namespace: 'lab', workload: 'ada', pod: 'ada-0', uid: 'u-2' });
  const hidden: Issue = {
    ...NOWHERE,
    code: 'missing_allow_list',
    feed: 'blue',
    field: 'kube_pod_annotations',
    reason: 'Its pods show no annotations.',
    remedy: '--metric-annotations-allowlist=pods=[metaflow/run_id]',
  };
  const labels = run('x/1').labels;
  const runOf = (key: typeof ENDPOINT, team: string | null) => ({
    ...run('x/1'),
    key: { deployment: key.deployment, flow: key.flow, run: key.run },
    labels: { ...labels, team },
  });
  const node = { host: 'node-a', gpus: 8, perHour: 8n * MONEY_ONE };
  const shares = [
    { holder: ENDPOINT, gpus: 4, minutes: [0, 60] as const },
    { holder: NOTEBOOK, gpus: 1, minutes: [0, 30] as const },
  ];
  /** What is left of the hour works for nobody known. */
  const unattributed = ({ origin, pieces }: ChargePeriod): ChargePeriod => ({
    origin,
    pieces: pieces.map((piece) => (piece.kind === 'idle' ? { ...piece, kind: 'unattributed', cause: null } : piece)),
  });
  const closed = unattributed(chargePeriod({ ...node, start: DAWN, end: DAWN + HOUR_MS, shares }));
  const open = unattributed(
    chargePeriod({
      ...node,
      start: DAWN + HOUR_MS,
      end: DAWN + HOUR_MS + 30 * MINUTE_MS,
      shares: [{ holder: ENDPOINT, gpus: 4, minutes: [0, 30] }],
    }),
  );

  async function served(issues: readonly Issue[] = []): Promise<ViewServer> {
    const store = new MemoryStore();
    const runs = [runOf(ENDPOINT, 'search'), runOf(NOTEBOOK, null)];
    const attempts = [ENDPOINT, NOTEBOOK].map((key) => ({
      ...attempt(run('x/1'), 'a/1'),
      key,
      confidence: 'exact' as const,
    }));
    const { loadId } = await store.publish(load('cluster', { runs, attempts, closings: closingsOf([closed]) }));
    const state = healthyState({ asOf: loadId, open: [open], issues });
    return serveStory({ store, state: () => state, clock: { now: () => STORY_NOW } });
  }

  test('each holder is one line, its closed and open amounts together', async () => {
    const cluster = await served();
    const { items, unmatched } = await asked('', cluster);
    await cluster.close();
    // Closed: 4 of 8 GPUs for an hour, 1 for half of it, the rest unattributed: 4 + 0.5 + 3.5. Open: 2 + 2.
    expect(
      unmatched.map(({ kind, namespace, workload, host, amount }) => [kind, namespace, workload, host, amount]),
    ).toEqual([
      ['workload', 'serving', 'bert', null, '6'],
      ['unattributed', null, null, 'node-a', '5.5'],
      ['workload', 'lab', 'ada', null, '0.5'],
    ]);
    expect(Object.fromEntries(items.map(({ key, amount, total }) => [key, [amount, total]]))).toEqual({
      run: ['0', '12'],
      team: ['6', '12'],
      project: ['0', '12'],
      surely: ['6.5', '12'],
      telemetry: [null, null],
    });
  });

  test('the likely fix is of the kind of the holder', async () => {
    const cluster = await served();
    const fixes = (await asked('', cluster)).unmatched.map(({ likelyFix }) => likelyFix);
    await cluster.close();
    expect(fixes).toEqual([
      'It has a team and is no Metaflow run: nothing, if it is meant to run.',
      expect.stringMatching(
        /feeds\.kubernetes, or declare .*holdings: \{flow: <flow>, host: node-a, gpus: <gpus>\}\.$/,
      ),
      expect.stringMatching(/^Put the label team on the pods of lab\/ada .*--metric-labels-allowlist=pods=\[team/),
    ]);
  });

  test('a cluster that hides annotations is the likely reason, and its flag the fix', async () => {
    const cluster = await served([hidden]);
    const answer = await asked('', cluster);
    await cluster.close();
    const [endpoint] = answer.unmatched;
    expect(endpoint!.likelyFix).toMatch(/--metric-annotations-allowlist=pods=\[metaflow\/run_id\]$/);
    expect(answer.findings.find(({ check }) => check === 'allow_list')).toMatchObject({
      status: 'fail',
      feed: 'blue',
      fix: hidden.remedy,
    });
  });

  test('teams cost what their workloads cost, and count none of them as a run', async () => {
    const cluster = await served();
    const { items } = await cluster.json('/api/v1/teams');
    await cluster.close();
    const told = items.map(({ team, cost, runs }: { team: string; cost: string; runs: number }) => [team, cost, runs]);
    expect(told).toEqual([
      ['search', '6', 0],
      [null, '0.5', 0],
    ]);
  });

  test('workloads are in no list of runs or flows', async () => {
    const cluster = await served();
    const [runs, flows] = [await cluster.json('/api/v1/runs'), await cluster.json('/api/v1/flows')];
    await cluster.close();
    expect([runs.items, flows.items]).toEqual([[], []]);
  });
});
