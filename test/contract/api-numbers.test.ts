import { readAmount } from '../../exporter/src/units/money-text';
import { MONEY_ONE } from '../../exporter/src/units/money';
import { HOUR_MS } from '../../exporter/src/units/interval';
import { MemoryStore } from '../support/memory-store';
import { attempt, chargePeriod, closingsOf, DAWN, load, publishedState, run } from '../support/view-estate';
import { HEALTHY_NOW, healthyState, pricedHost } from '../support/view-healthy';
import { serveStory, type ViewServer } from '../support/view-server';

let server: ViewServer;
beforeAll(async () => {
  server = await serveStory();
});
afterAll(() => server.close());

const amountOf = (text: string): bigint => {
  const read = readAmount(text);
  if ('fault' in read) throw new Error(`${text} ${read.fault}`);
  return read.amount;
};
const sumOf = (texts: readonly string[]): bigint => texts.map(amountOf).reduce((a, b) => a + b, 0n);

test('the parts of every priced host charge period sum to its cost, closed and open', async () => {
  const { items } = await server.json('/api/v1/idle');
  expect(items.map((item: any) => [item.host, item.from, item.closed])).toEqual([
    ['node-a', '2026-11-21T04:00:00.000Z', true],
    ['node-b', '2026-11-21T04:00:00.000Z', true],
    ['node-a', '2026-11-21T05:00:00.000Z', false],
    ['node-b', '2026-11-21T05:00:00.000Z', false],
  ]);
  for (const { host, cost, workload, unattributed, idle, causes } of items) {
    if (host === 'node-b') {
      expect({ cost, workload, unattributed, idle }).toEqual({
        cost: null,
        workload: null,
        unattributed: null,
        idle: null,
      });
      continue;
    }
    expect(sumOf([workload, unattributed, idle])).toBe(amountOf(cost));
    expect(sumOf(Object.values<any>(causes).map((cause) => cause.cost))).toBe(amountOf(idle));
  }
});

test('held and idle GPU time of a host charge period fill it', async () => {
  const { items } = await server.json('/api/v1/idle?host=node-a');
  expect(items.map((item: any) => item.heldGpuSeconds + item.idleGpuSeconds)).toEqual([8 * 3600, 8 * 1800]);
  expect(items[1]).toMatchObject({ heldGpuSeconds: 3600, causes: { beside_work: { cost: '12', gpuSeconds: 10800 } } });
});

test('a run costs what its attempts cost, a failed attempt included', async () => {
  const run = await server.json('/api/v1/runs/TrainFlow/100?deployment=prod');
  expect(run).toMatchObject({ cost: '8.666666666667', estimated: '8.666666666667', billed: '0', billedFraction: 0 });
  expect(run).toMatchObject({ costComplete: true, state: 'estimated', heldGpuSeconds: 7800, unpricedSeconds: 0 });
  expect(run.steps.map(({ step, cost }: any) => [step, cost])).toEqual([
    ['train', '7.333333333334'],
    ['evaluate', '1.333333333333'],
  ]);
  expect(
    run.steps[0].tasks[0].attempts.map(({ attempt, outcome, cost, rung }: any) => [attempt, outcome, cost, rung]),
  ).toEqual([
    [0, 'failed', '2.666666666667', 'rate_card'],
    [1, 'succeeded', '4.666666666667', 'rate_card'],
  ]);
});

test('a live run costs its closed hours and what is open, in the list as on its page', async () => {
  const page = await server.json('/api/v1/runs/TrainFlow/101');
  const { items } = await server.json('/api/v1/runs?q=101');
  expect(page).toMatchObject({ cost: '8', endedAt: null, outcome: 'running', heldGpuSeconds: 7200 });
  expect(items).toEqual([expect.objectContaining({ runId: '101', cost: '8', heldGpuSeconds: 7200 })]);
});

test.each([
  ['EvalFlow/7', { cost: null, estimated: null, billed: null, costComplete: false, unpricedSeconds: 3600 }],
  ['TrainFlow/102', { cost: '0', estimated: '0', costComplete: true, unpricedSeconds: 0 }],
  ['MysteryFlow/1', { cost: null, estimated: null, costComplete: false }],
  ['LostFlow/1', { cost: '4', costComplete: false, outcome: 'lost' }],
])('%s says what is known of its cost', async (path, known) => {
  expect(await server.json(`/api/v1/runs/${path}`)).toMatchObject(known);
  const { items } = await server.json(`/api/v1/runs?flow=${path.split('/')[0]}&q=${path.split('/')[1]}`);
  expect(items[0]).toMatchObject(known);
});

test('an attempt of which nothing says what it held has no GPU time and no cost', async () => {
  const { steps } = await server.json('/api/v1/runs/MysteryFlow/1');
  expect(steps[0].tasks[0].attempts[0]).toMatchObject({
    heldGpuSeconds: null,
    usedGpuSeconds: null,
    unobservedGpuSeconds: null,
    rung: 'unpriced',
    cost: null,
  });
});

test('the held time of an attempt is used, workload idle and unobserved, closed and open together', async () => {
  const attempts = async (path: string) => {
    const { steps } = await server.json(`/api/v1/runs/${path}`);
    return steps.flatMap((step: any) => step.tasks.flatMap((task: any) => task.attempts));
  };
  const partsOf = (attempt: any) => [
    attempt.heldGpuSeconds,
    attempt.usedGpuSeconds,
    attempt.workloadIdleGpuSeconds,
    attempt.unobservedGpuSeconds,
  ];
  // 2 GPUs for a closed half hour that nothing observed, and for an open one: 40 GPU-min used, 12 idle, 8 unobserved.
  expect((await attempts('TrainFlow/101')).map(partsOf)).toEqual([[7200, 2400, 720, 4080]]);
  expect((await attempts('TrainFlow/100?deployment=prod')).map(partsOf)).toEqual([
    [2400, 0, 0, 2400],
    [4200, 4200, 0, 0],
    [1200, 0, 0, 1200],
  ]);
});

test('an attempt names its pod and where it is known from what it held', async () => {
  const attemptOf = async (path: string) => (await server.json(`/api/v1/runs/${path}`)).steps[0].tasks[0].attempts[0];
  expect(await attemptOf('TrainFlow/101')).toMatchObject({
    k8sNamespace: 'ml',
    pod: 'train-7xk2p',
    heldSource: 'allocation',
    confidence: 'exact',
  });
  expect(await attemptOf('MysteryFlow/1')).toMatchObject({ k8sNamespace: null, pod: null, heldSource: null });
});

test('a receipt says where times and held GPUs are known from, and how surely', async () => {
  const evidenceOf = async (path: string) =>
    (await server.json(`/api/v1/explain?pathspec=${path}`)).items.map(({ evidence }: any) => evidence);
  expect(await evidenceOf('TrainFlow/101')).toEqual([
    'Started 2026-11-21T04:30:00.000Z, goes on; 2 GPUs by what was assigned to it; pod ml/train-7xk2p. ' +
      'Confidence exact: by identity.',
  ]);
  expect(await evidenceOf('LostFlow/1')).toEqual([
    "Started 2026-11-21T04:00:00.000Z, ended 2026-11-21T05:00:00.000Z by its last record; 2 GPUs by the flow's own " +
      '@resources. Confidence strong: by names and times that fit one thing alone.',
  ]);
  expect(await evidenceOf('MysteryFlow/1')).toEqual([
    expect.stringMatching(/nothing tells what it held\. Confidence none: nothing ties it to what it held\.$/),
  ]);
});

test('the buckets of a series sum to the cost of the run', async () => {
  for (const step of ['60s', '7m', '1h', '1d']) {
    const { items, cost } = await server.json(`/api/v1/runs/TrainFlow/101/series?step=${step}`);
    expect(sumOf(items.map((item: any) => item.cost))).toBe(amountOf(cost));
  }
});

test('the charges of a receipt sum to its cost, and its sentence says how each came about', async () => {
  const receipt = await server.json('/api/v1/explain?pathspec=TrainFlow/100&deployment=prod');
  const charges = receipt.items.flatMap((item: any) => item.charges);
  expect(receipt).toMatchObject({ cost: '8.666666666667', costComplete: true, asOfLoad: 1 });
  expect(sumOf(charges.map(({ amount }: any) => amount))).toBe(amountOf(receipt.cost));
  for (const { originAmount, amount, otherWorkload, idle, unattributed } of charges) {
    expect(sumOf([amount, otherWorkload, idle, unattributed])).toBe(amountOf(originAmount));
  }
  expect(charges[0].sentence).toBe(
    'node-a, 2026-11-21T04:00:00.000Z to 2026-11-21T05:00:00.000Z: 32 USD per hour × 3600 s = 32 USD ' +
      '(rate_card on-prem); weight 2400000000000000 of 28800000000000000 (gpu-first) = 2.666666666667 USD. ' +
      'The rest: other workload 14.666666666667, idle 14.666666666666, unattributed 0.',
  );
});

test('an open charge is explained as open, and an unpriced one says why', async () => {
  const live = await server.json('/api/v1/explain?pathspec=TrainFlow/101/train/1&attempt=0');
  expect(live.items[0].charges.map(({ closed, amount }: any) => [closed, amount])).toEqual([
    [true, '4'],
    [false, '4'],
  ]);
  const unpriced = await server.json('/api/v1/explain?pathspec=EvalFlow/7');
  expect(unpriced).toMatchObject({ cost: null, costComplete: false });
  expect(unpriced.items[0].charges[0].sentence).toMatch(/the host has no price.*No rate card names node-b\.$/);
});

test('teams and experiments cost closed and open charges together, and count a run once', async () => {
  const { items, from, to } = await server.json('/api/v1/teams');
  expect({ from, to }).toEqual({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-21T06:00:00.000Z' });
  expect(items.map(({ team, cost, runs, costComplete }: any) => [team, cost, runs, costComplete])).toEqual([
    ['language', '8', 1, true],
    ['vision', '8.666666666667', 2, false],
    [null, '4.666666666667', 3, false],
  ]);
  const experiments = await server.json('/api/v1/experiments');
  expect(experiments.items.map(({ experiment, cost, runs }: any) => [experiment, cost, runs])).toEqual([
    ['sweep-1', '16.666666666667', 2],
    [null, '4.666666666667', 4],
  ]);
});

test('a group of uncharged runs alone is listed without a cost, one with a lost attempt as incomplete', async () => {
  const store = new MemoryStore();
  const team = (name: string) => ({ ...run('x/1').labels, team: name, experiment: name });
  const untold = run('A/1', { labels: team('untold'), gaps: { unchargedAttempts: 1, lostAttempts: 0 } });
  const lost = run('A/2', { labels: team('lost'), gaps: { unchargedAttempts: 0, lostAttempts: 1 } });
  const held = attempt(lost, 'train/1', { outcome: 'lost' });
  const shares = [{ holder: held.key, gpus: 8, minutes: [0, 60] as const }];
  const hour = { host: 'node-a', gpus: 8, perHour: MONEY_ONE, start: DAWN, end: DAWN + HOUR_MS, shares };
  await store.publish(
    load('gaps', { runs: [untold, lost], attempts: [held], closings: closingsOf([chargePeriod(hour)]) }),
  );
  const gappy = await serveStory({ store, state: () => publishedState({ asOf: 1 }) });
  const teams = (await gappy.json('/api/v1/teams')).items;
  const experiments = (await gappy.json('/api/v1/experiments')).items;
  const earlier = (await gappy.json('/api/v1/teams?from=2026-11-20&to=2026-11-21')).items;
  await gappy.close();
  const known = [
    { cost: '1', costComplete: false, runs: 1 },
    { cost: null, estimated: null, billed: null, costComplete: false, runs: 1, unpricedSeconds: 0 },
  ];
  expect(teams).toMatchObject([{ team: 'lost' }, { team: 'untold' }]);
  expect(teams).toMatchObject(known);
  expect(experiments).toMatchObject(known);
  expect(earlier).toEqual([]);
});

test('a window holds only what was charged inside it', async () => {
  const { items } = await server.json('/api/v1/teams?from=2026-11-21T05:10:00Z&to=2026-11-21T05:20:00Z');
  expect(items).toEqual([expect.objectContaining({ team: 'language', cost: '4', runs: 1 })]);
});

test('rates say the price of a GPU-hour, and that there is none', async () => {
  const { items } = await server.json('/api/v1/rates');
  expect(
    items.map(({ host, pricePerHour, pricePerGpuHour, rung }: any) => [host, pricePerHour, pricePerGpuHour, rung]),
  ).toEqual([
    ['node-a', '32', '4', 'rate_card'],
    ['node-b', null, null, 'unpriced'],
    ['node-c', '3', null, 'list'],
  ]);
});

test('rates leave out hosts that have ended', async () => {
  const { host, price } = pricedHost('gone', MONEY_ONE);
  const gone = { host: { ...host, to: HEALTHY_NOW - HOUR_MS }, price };
  const changed = await serveStory({ state: () => healthyState({ hosts: [pricedHost('node-a', MONEY_ONE), gone] }) });
  const { items } = await changed.json('/api/v1/rates');
  await changed.close();
  expect(items.map(({ host: name }: any) => name)).toEqual(['node-a']);
});
