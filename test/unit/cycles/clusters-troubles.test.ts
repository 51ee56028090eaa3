import type { Keeper } from '../../../exporter/src/cycles/keeper';
import type { ToldAttempt } from '../../../exporter/src/facts/attempt';
import type { PublishedState } from '../../../exporter/src/facts/published';
import { rowsOfLoad } from '../../../exporter/src/store/load-rows';
import type { Load, PublishOutcome } from '../../../exporter/src/store/store';
import { printAmount } from '../../../exporter/src/units/money-text';
import { MemoryStore } from '../../support/memory-store';
import { DAWN, MINUTE_MS } from '../../support/view-estate';
import { clusterEstate, clusterOf, type ClusterScript, node, pod } from './scripted-cluster';
import { keeperOn, type Script, story } from './scripted-feed';

/** Four GPUs at 8 $/h each on every node: one GPU for one hour is 8 $. */
const at = (minute: number): number => DAWN + minute * MINUTE_MS;

/** Refuses what the real store refuses, and fails when it is told to. */
class StrictStore extends MemoryStore {
  failNext = 0;
  override async publish(load: Load): Promise<PublishOutcome> {
    rowsOfLoad(load);
    if (this.failNext-- > 0) throw new Error('The store is down.');
    return super.publish(load);
  }
}

const silent = (): Script => ({ runs: [], attempts: [], fails: false });
const shows = (facts: Partial<ClusterScript> = {}): ClusterScript => ({
  readAt: null,
  pods: [],
  hosts: [node('node-1')],
  ...facts,
});
const task = { step: 'train', task: '1', attempt: 0 };

type Stage = { store?: MemoryStore; script?: Script; clusters: ClusterScript[] };

function keeperWith({ store = new StrictStore(), script = silent(), clusters }: Stage): Promise<Keeper> {
  const kept = clusters.map((cluster, index) => {
    const { source, deployment } = clusterOf(cluster);
    return { source: index === 0 ? source : { ...source, name: `cluster-${index}` }, deployment };
  });
  return keeperOn({
    store,
    script,
    estate: clusterEstate(),
    context: { clusters: kept },
    startedAt: at(24 * 60),
  });
}

async function seenAt(keeper: Keeper, clusters: ClusterScript[], minute: number): Promise<PublishedState> {
  for (const cluster of clusters) cluster.readAt = at(minute);
  return keeper.cycle(at(minute));
}

const runsOf = (state: PublishedState): string[] =>
  state.runs.map(({ key, live, cost }) => {
    const amount = cost === null ? 'unknown' : printAmount(cost.estimated);
    return `${key.deployment}/${key.flow}/${key.run} ${live ? 'live' : 'over'} ${amount}`;
  });
const workloadsOf = (state: PublishedState): string[] =>
  state.workloads
    .filter(({ live, heldGpuSeconds }) => live || heldGpuSeconds > 0)
    .map(({ workload, live, cost }) => `${workload} ${live ? 'live' : 'over'} ${printAmount(cost!.estimated)}`);
const burning = (state: PublishedState): Record<string, string> =>
  Object.fromEntries(
    state.spend.map(({ kind, holder, host, perHour }) => [`${host} ${holder?.run ?? kind}`, printAmount(perHour)]),
  );
const inPod = (told: ToldAttempt, uid: string): ToldAttempt => ({
  ...told,
  clues: { podUid: uid, podNamespace: 'ml', podName: `pod-${uid}`, nodeIp: null, instanceId: null },
});

describe('After a restart', () => {
  it('a finished pod without annotations still belongs to its run, which is not told again', async () => {
    const store = new StrictStore();
    const cluster = shows({ pods: [pod('a', { from: 0, to: 60 })] });
    const told = story('F/1', { from: 1, to: 60 });
    const script: Script = { runs: [told.run], attempts: [inPod(told.attempt, 'a')], fails: false };
    const before = await seenAt(await keeperWith({ store, clusters: [cluster], script }), [cluster], 100);
    expect([runsOf(before), workloadsOf(before)]).toEqual([['prod/F/1 over 8'], []]);
    const again = shows({ pods: [pod('a', { from: 0, to: 60 })] });
    const after = await seenAt(await keeperWith({ store, clusters: [again] }), [again], 101);
    expect([runsOf(after), workloadsOf(after)]).toEqual([['prod/F/1 over 8'], []]);
  });

  it('a pod that went away meanwhile holds no longer than it was known, whatever else is not read', async () => {
    const store = new StrictStore();
    const pods = [
      pod('a', { from: 0, of: task }),
      pod('b', { from: 0, of: { ...task, task: '2' } }),
      pod('s', { from: 0 }),
    ];
    const cluster = shows({ pods });
    await seenAt(await keeperWith({ store, clusters: [cluster] }), [cluster], 30);
    const later = shows({ pods: [pod('a', { from: 0, of: task })] });
    const failing: Script = { ...silent(), fails: true };
    const keeper = await keeperWith({ store, clusters: [later], script: failing });
    await seenAt(keeper, [later], 40);
    const state = await seenAt(keeper, [later], 60);
    expect(burning(state)).toEqual({ 'node-1 1': '8', 'node-1 idle': '24' });
    expect([runsOf(state), workloadsOf(state)]).toEqual([['prod/F/1 live 12'], ['pod-s over 4']]);
  });

  it('what was known in a quiet hour is known, to the five minutes', async () => {
    const store = new StrictStore();
    const cluster = shows({ pods: [pod('s', { from: 0 })] });
    const first = await keeperWith({ store, clusters: [cluster] });
    for (let minute = 0; minute <= 69; minute += 3) await seenAt(first, [cluster], minute);
    const gone = shows();
    const state = await seenAt(await keeperWith({ store, clusters: [gone] }), [gone], 70);
    expect(state.workloads[0]!.cost!.estimated).toBeGreaterThan((8n * 10n ** 12n * 64n) / 60n);
  });

  it('a pod is not lost because its cluster has not answered yet', async () => {
    const store = new StrictStore();
    const told = story('F/1', { from: 0, to: null });
    const script: Script = { runs: [told.run], attempts: [], fails: false };
    const cluster = shows({ pods: [pod('a', { from: 0, of: { step: 'train' } })] });
    await seenAt(await keeperWith({ store, clusters: [cluster], script }), [cluster], 30);
    const mute = shows();
    const state = await (await keeperWith({ store, clusters: [mute], script })).cycle(at(31));
    expect(burning(state)).toEqual({ 'node-1 1': '8', 'node-1 idle': '24' });
  });
});

describe('A pod that changes hands', () => {
  it('leaves no workload behind', async () => {
    const cluster = shows({ pods: [pod('a', { from: 0 })] });
    const script = silent();
    const keeper = await keeperWith({ clusters: [cluster], script });
    await seenAt(keeper, [cluster], 5);
    const told = story('F/1', { from: 1, to: null });
    Object.assign(script, { runs: [told.run], attempts: [inPod(told.attempt, 'a')] });
    await seenAt(keeper, [cluster], 6);
    cluster.pods = [pod('a', { from: 0, to: 20 })];
    const state = await seenAt(keeper, [cluster], 60 * 24 * 12);
    expect([workloadsOf(state), state.workloads.filter(({ live }) => live)]).toEqual([[], []]);
  });

  it('from one deployment to another is charged to the one that claims it', async () => {
    const cluster = shows({ pods: [pod('a', { from: 0, of: task })] });
    const script = silent();
    const keeper = await keeperWith({ clusters: [cluster], script });
    await seenAt(keeper, [cluster], 30);
    const { run, attempt } = story('F/1', { from: 1, to: null });
    const ofStage = <Fact extends { key: object }>(fact: Fact): Fact => ({
      ...fact,
      key: { ...fact.key, deployment: 'stage' },
    });
    Object.assign(script, { runs: [ofStage(run)], attempts: [ofStage(inPod(attempt, 'a'))] });
    await seenAt(keeper, [cluster], 60);
    cluster.pods = [pod('a', { from: 0, to: 70, of: task })];
    const state = await seenAt(keeper, [cluster], 300);
    expect(runsOf(state).sort()).toEqual(['prod/F/1 over 0', 'stage/F/1 live 9.333333333333']);
    expect(burning(state)).toEqual({ 'node-1 idle': '32' });
  });
});

describe('A store that fails once', () => {
  it('loses no node, and is given none twice', async () => {
    const store = new StrictStore();
    const cluster = shows();
    const keeper = await keeperWith({ store, clusters: [cluster] });
    store.failNext = 1;
    await expect(seenAt(keeper, [cluster], 1)).rejects.toThrow('down');
    cluster.hosts = [node('node-1')];
    expect(burning(await seenAt(keeper, [cluster], 2))).toEqual({ 'node-1 idle': '32' });
    expect((await store.discoveredHosts(await store.lastLoad())).map(({ name }) => name)).toEqual(['node-1']);
  });

  it('loses no end of a pod', async () => {
    const store = new StrictStore();
    const told = story('F/1', { from: 0, to: null });
    const script: Script = { runs: [told.run], attempts: [inPod(told.attempt, 'a')], fails: false };
    const cluster = shows({ pods: [pod('a', { from: 0, of: task })] });
    const keeper = await keeperWith({ store, clusters: [cluster], script });
    await seenAt(keeper, [cluster], 30);
    cluster.pods = [pod('a', { from: 0, to: 31, of: task })];
    store.failNext = 1;
    await expect(seenAt(keeper, [cluster], 32)).rejects.toThrow('down');
    script.fails = true;
    const state = await seenAt(keeper, [cluster], 60);
    expect([runsOf(state), burning(state)]).toEqual([['prod/F/1 live 4.133333333333'], { 'node-1 idle': '32' }]);
  });
});

describe('Two clusters', () => {
  it('may each have a node of one name', async () => {
    const [a, b] = [shows(), shows({ hosts: [node('node-1', { feed: 'cluster-1', billingResourceId: 'i-other' })] })];
    const keeper = await keeperWith({ clusters: [a, b] });
    const state = await seenAt(keeper, [a, b], 5);
    expect(burning(state)).toEqual({ 'node-1 idle': '32', 'node-1@cluster-1 idle': '32' });
    expect(state.invariantViolations).toBe(0);
  });

  it('of one deployment are each known as far as they are read', async () => {
    const a = shows({ pods: [pod('a', { from: 0, of: task })] });
    const b = shows({ hosts: [node('node-2', { feed: 'cluster-1', internalIp: '10.0.0.2' })] });
    const keeper = await keeperWith({ clusters: [a, b] });
    await seenAt(keeper, [a, b], 10);
    const state = await seenAt(keeper, [b], 58);
    expect([runsOf(state), burning(state)]).toEqual([['prod/F/1 live 1.333333333333'], { 'node-2 idle': '32' }]);
  });
});

describe('A cluster that fails alone', () => {
  it('makes no held node idle', async () => {
    const cluster = shows({ pods: [pod('a', { from: 0, gpus: 4, of: task })] });
    const keeper = await keeperWith({ clusters: [cluster] });
    await seenAt(keeper, [cluster], 30);
    expect(burning(await keeper.cycle(at(44)))).toEqual({ 'node-1 1': '32' });
    const state = await keeper.cycle(at(59));
    expect([burning(state), runsOf(state)]).toEqual([{}, ['prod/F/1 live 16']]);
    const idle = state.open.flatMap(({ pieces }) => pieces).filter(({ kind }) => kind === 'idle');
    expect(idle.every(({ amount }) => amount === 0n)).toBe(true);
  });
});

describe('A node that is known late', () => {
  it('holds what ran on it before, and nothing is said of it any more', async () => {
    const store = new StrictStore();
    const cluster = shows({ hosts: [] });
    const told = story('F/1', { from: 1, to: 20 });
    const clues = { podUid: null, podNamespace: null, podName: null, nodeIp: null, instanceId: 'i-node-1' };
    const script: Script = { runs: [told.run], attempts: [{ ...told.attempt, clues }], fails: false };
    const keeper = await keeperWith({ store, clusters: [cluster], script });
    await keeper.cycle(at(21));
    Object.assign(script, silent());
    cluster.hosts = [node('node-1'), node('node-2', { internalIp: '10.0.0.2' })];
    expect(runsOf(await seenAt(keeper, [cluster], 25))).toEqual(['prod/F/1 over 2.533333333333']);
  });

  it('holds its pods, and the gap is over', async () => {
    const store = new StrictStore();
    const cluster = shows({ hosts: [], pods: [pod('a', { from: 0, to: 20, of: task })] });
    const keeper = await keeperWith({ store, clusters: [cluster] });
    await seenAt(keeper, [cluster], 21);
    cluster.hosts = [node('node-1')];
    const state = await seenAt(keeper, [cluster], 22);
    const [run] = await store.recentRuns(0, await store.lastLoad());
    expect([runsOf(state), run!.gaps.unchargedAttempts]).toEqual([['prod/F/1 over 2.666666666667'], 0]);
    const issues = await store.issues(await store.lastLoad(), { limit: 9 });
    expect(issues.map(({ code }) => code)).toEqual([]);
  });

  it('begins when it first held something, though it was seen later', async () => {
    const store = new StrictStore();
    const cluster = shows({ pods: [pod('a', { from: 0, of: task })], hosts: [node('node-1', { from: at(180) })] });
    const keeper = await keeperWith({ store, clusters: [cluster] });
    const state = await seenAt(keeper, [cluster], 210);
    expect(runsOf(state)).toEqual(['prod/F/1 live 28']);
    expect(await store.issues(await store.lastLoad(), { limit: 9 })).toEqual([]);
    const again = shows({ pods: [pod('a', { from: 0, of: task })], hosts: [node('node-1', { from: at(180) })] });
    const after = await seenAt(await keeperWith({ store, clusters: [again] }), [again], 211);
    expect(runsOf(after)).toEqual(['prod/F/1 live 28.133333333333']);
    const [stored] = await store.discoveredHosts(await store.lastLoad());
    expect([stored!.from, stored!.internalIp]).toEqual([at(0), '10.0.0.1']);
  });

  it('is not charged with what names no host at all', async () => {
    const told = story('F/1', { from: 1, to: null, gpus: 4 });
    const cluster = shows();
    const script: Script = { runs: [told.run], attempts: [told.attempt], fails: false };
    const state = await seenAt(await keeperWith({ clusters: [cluster], script }), [cluster], 20);
    expect(burning(state)).toEqual({ 'node-1 idle': '32' });
  });
});

test('Nodes that change again and again while no hour can close do not keep hours open for ever', async () => {
  const store = new StrictStore();
  const cluster = shows();
  await seenAt(await keeperWith({ store, clusters: [cluster] }), [cluster], 200);
  const changed = shows({ hosts: [node('node-1', { pool: 'p' })] });
  const script: Script = { ...silent(), fails: true };
  const keeper = await keeperWith({ store, clusters: [changed], script });
  await seenAt(keeper, [changed], 201);
  for (const [minute, end] of [
    [202, 190],
    [203, 180],
    [204, 170],
  ] as const) {
    changed.hosts = [node('node-1', { pool: 'p', to: at(end) })];
    await seenAt(keeper, [changed], minute);
  }
  script.fails = false;
  const state = await seenAt(keeper, [changed], 600);
  expect([state.invariantViolations, state.issues.filter(({ code }) => code === 'broken_invariant')]).toEqual([0, []]);
});
