import type { Keeper } from '../../../exporter/src/cycles/keeper';
import type { ToldAttempt } from '../../../exporter/src/facts/attempt';
import type { PublishedState, RunMetrics } from '../../../exporter/src/facts/published';
import { printAmount } from '../../../exporter/src/units/money-text';
import { MemoryStore } from '../../support/memory-store';
import { DAWN, MINUTE_MS } from '../../support/view-estate';
import { clusterEstate, clusterOf, type ClusterScript, gpusOf, node, pod, sample } from './scripted-cluster';
import { keeperOn, type Script, story } from './scripted-feed';

/** Four GPUs at 8 $/h each on node-1: one GPU for one hour is 8 $. */
const at = (minute: number): number => DAWN + minute * MINUTE_MS;

type Stage = { store?: MemoryStore; script?: Script; cluster: ClusterScript; samples?: ReturnType<typeof sample>[] };

const NOTHING: Script = { runs: [], attempts: [], fails: false };

function keeperWith({ store = new MemoryStore(), script = NOTHING, cluster, samples }: Stage): Promise<Keeper> {
  const gpus = samples ? [gpusOf(samples)] : [];
  return keeperOn({ store, script, estate: clusterEstate(), context: { clusters: [clusterOf(cluster)], gpus } });
}

async function seenAt(keeper: Keeper, cluster: ClusterScript, minute: number): Promise<PublishedState> {
  cluster.readAt = at(minute);
  return keeper.cycle(at(minute));
}

const runOf = (state: PublishedState, id = '1'): RunMetrics | undefined => state.runs.find(({ key }) => key.run === id);
const costOf = (state: PublishedState, id = '1'): string | undefined => {
  const cost = runOf(state, id)?.cost;
  return cost ? printAmount(cost.estimated + cost.billed) : undefined;
};
const burning = (state: PublishedState): Record<string, string> =>
  Object.fromEntries(state.spend.map(({ kind, holder, perHour }) => [holder?.run ?? kind, printAmount(perHour)]));
/** What the host-hours sum to, closed and open. */
const held = (told: ToldAttempt, uid: string): ToldAttempt => ({
  ...told,
  clues: { podUid: uid, podNamespace: 'ml', podName: `pod-${uid}`, nodeIp: null, instanceId: null },
});
const task = { step: 'train', task: '1', attempt: 0 };

describe('A run that only its pods tell of', () => {
  it('costs from the start of its pod, on the node that the cluster shows', async () => {
    const cluster: ClusterScript = {
      readAt: null,
      pods: [pod('a', { from: 10, gpus: 2, of: task })],
      hosts: [node('node-1')],
    };
    const keeper = await keeperWith({ cluster });
    const state = await seenAt(keeper, cluster, 40);
    expect([costOf(state), burning(state)]).toEqual(['8', { 1: '16', idle: '16' }]);
    expect(runOf(state)).toMatchObject({ live: true, k8sNamespace: 'ml', key: { deployment: 'prod', flow: 'F' } });
  });

  it('is the same run, with the same cost, when its Metaflow feed tells of it', async () => {
    const cluster: ClusterScript = { readAt: null, pods: [pod('a', { from: 10, of: task })], hosts: [node('node-1')] };
    const script: Script = { runs: [], attempts: [], fails: false };
    const keeper = await keeperWith({ cluster, script });
    await seenAt(keeper, cluster, 30);
    const told = story('F/1', { from: 12, to: null, tags: ['team:vision'] });
    Object.assign(script, { runs: [told.run], attempts: [held(told.attempt, 'a')] });
    const state = await seenAt(keeper, cluster, 40);
    expect([costOf(state), burning(state)]).toEqual(['4', { 1: '8', idle: '24' }]);
    expect([runOf(state)?.labels.team, state.runs.length]).toEqual(['vision', 1]);
    cluster.pods = [pod('a', { from: 10, to: 70, of: task })];
    const over = await seenAt(keeper, cluster, 80);
    expect([costOf(over), burning(over)]).toEqual(['8', { idle: '32' }]);
  });

  it('that nobody can name a task of stands under its pod, and is nobody twice once its task is known', async () => {
    const argo = { step: 'train', run: '1' };
    const cluster: ClusterScript = { readAt: null, pods: [pod('a', { from: 0, of: argo })], hosts: [node('node-1')] };
    const script: Script = { runs: [], attempts: [], fails: false };
    const keeper = await keeperWith({ cluster, script });
    expect(costOf(await seenAt(keeper, cluster, 30))).toBe('4');
    const told = story('F/1', { from: 2, to: null });
    Object.assign(script, { runs: [told.run], attempts: [held(told.attempt, 'a')] });
    const state = await seenAt(keeper, cluster, 60);
    expect([costOf(state), burning(state)]).toEqual(['8', { 1: '8', idle: '24' }]);
  });
});

describe('A pod without annotations', () => {
  it('belongs to the run of its Argo workflow, whose label it carries', async () => {
    const labels = { workflows_argoproj_io_workflow: 'trainflow-x7k2p' };
    const cluster: ClusterScript = { readAt: null, pods: [pod('a', { from: 0, labels })], hosts: [node('node-1')] };
    const told = story('F/argo-trainflow-x7k2p', { from: 1, to: null });
    const script: Script = { runs: [told.run], attempts: [], fails: false };
    const state = await seenAt(await keeperWith({ cluster, script }), cluster, 30);
    expect([costOf(state, told.run.key.run), state.workloads]).toEqual(['4', []]);
  });
});

describe('A pod of no run', () => {
  const labels = { team: 'search', model_version: 'ranker-7' };

  it('is a workload with its team and model version', async () => {
    const serving = pod('s', { from: 0, labels, owner: 'ranker' });
    const cluster: ClusterScript = { readAt: null, pods: [serving], hosts: [node('node-1')] };
    const state = await seenAt(await keeperWith({ cluster }), cluster, 30);
    expect(state.runs).toEqual([]);
    expect(state.workloads).toEqual([
      expect.objectContaining({
        namespace: 'ml',
        workload: 'ranker',
        team: 'search',
        modelVersion: 'ranker-7',
        live: true,
      }),
    ]);
    expect(state.workloads[0]!.cost!.estimated).toBe(4_000_000_000_000n);
    const ofTeam = state.rollups.filter(({ dimension }) => dimension === 'team');
    expect(ofTeam).toEqual([expect.objectContaining({ value: 'search', runs: 0 })]);
    expect(state.rollups.filter(({ dimension }) => dimension === 'flow')).toEqual([]);
  });

  it('is a workload until a run claims it, and then never was one', async () => {
    const cluster: ClusterScript = { readAt: null, pods: [pod('a', { from: 0 })], hosts: [node('node-1')] };
    const script: Script = { runs: [], attempts: [], fails: false };
    const keeper = await keeperWith({ cluster, script });
    expect((await seenAt(keeper, cluster, 90)).workloads).toHaveLength(1);
    const told = story('F/1', { from: 1, to: null });
    Object.assign(script, { runs: [told.run], attempts: [held(told.attempt, 'a')] });
    const state = await seenAt(keeper, cluster, 120);
    expect([costOf(state), burning(state)]).toEqual(['16', { 1: '8', idle: '24' }]);
    expect(state.workloads.map(({ cost }) => cost?.estimated ?? 0n)).toEqual([0n]);
  });

  it('that went away while nobody looked ends when it was last known, not when it was first seen', async () => {
    const store = new MemoryStore();
    const cluster: ClusterScript = { readAt: null, pods: [pod('s', { from: 0 })], hosts: [node('node-1')] };
    const first = await keeperWith({ store, cluster });
    await seenAt(first, cluster, 0);
    await seenAt(first, cluster, 130);
    const later: ClusterScript = { readAt: null, pods: [], hosts: [node('node-1')] };
    const second = await keeperWith({ store, cluster: later });
    const state = await seenAt(second, later, 240);
    const workload = state.workloads[0]!;
    expect([workload.live, workload.cost!.estimated]).toEqual([false, (8n * 1_000_000_000_000n * 130n) / 60n + 0n]);
  });
});

describe('A node', () => {
  it('is idle from the hour in which it was seen, and no more once it is gone', async () => {
    const cluster: ClusterScript = { readAt: null, pods: [], hosts: [node('node-1')] };
    const keeper = await keeperWith({ cluster });
    expect(burning(await seenAt(keeper, cluster, 30))).toEqual({ idle: '32' });
    cluster.hosts = [node('node-1', { to: at(45) })];
    const gone = await seenAt(keeper, cluster, 80);
    expect(burning(gone)).toEqual({});
    const idle = gone.open.flatMap(({ origin }) => origin.amount ?? 0n).reduce((sum, amount) => sum + amount, 0n);
    const closed = await keeper.cycle(at(80));
    expect([idle, closed.hosts.length]).toEqual([0n, 1]);
  });

  it('that is found to have ended in a closed hour is charged no longer than it was there', async () => {
    const store = new MemoryStore();
    const cluster: ClusterScript = { readAt: null, pods: [], hosts: [node('node-1')] };
    const keeper = await keeperWith({ store, cluster });
    await seenAt(keeper, cluster, 80);
    cluster.hosts = [node('node-1', { to: at(30) })];
    await seenAt(keeper, cluster, 81);
    const query = { from: DAWN, to: at(600), limit: 10 };
    const periods = await store.hostPeriods(query, await store.lastLoad());
    expect(periods.map(({ origin }) => [origin.period.end, printAmount(origin.amount!)])).toEqual([[at(30), '16']]);
  });

  it('is known after a restart before its cluster answers', async () => {
    const store = new MemoryStore();
    const cluster: ClusterScript = { readAt: null, pods: [pod('a', { from: 0, of: task })], hosts: [node('node-1')] };
    const before = await seenAt(await keeperWith({ store, cluster }), cluster, 30);
    const silent: ClusterScript = { readAt: null, pods: [], hosts: [] };
    const state = await (await keeperWith({ store, cluster: silent })).cycle(at(31));
    expect([costOf(state), burning(state)]).toEqual([costOf(before), burning(before)]);
    expect(state.completeUntil).toBeNull();
  });
});

describe('A cluster that is not read', () => {
  it('keeps hours open, cost where it was, and its rate for fifteen minutes', async () => {
    const store = new MemoryStore();
    const cluster: ClusterScript = { readAt: null, pods: [pod('a', { from: 0, of: task })], hosts: [node('node-1')] };
    const script: Script = { runs: [], attempts: [], fails: false };
    const keeper = await keeperWith({ store, cluster, script });
    await seenAt(keeper, cluster, 30);
    script.fails = true;
    const soon = await keeper.cycle(at(44));
    expect([costOf(soon), burning(soon)['1']]).toEqual(['4', '8']);
    const long = await keeper.cycle(at(100));
    expect([costOf(long), long.spend, (await store.closedUntil(await store.lastLoad())).size]).toEqual(['4', [], 0]);
  });
});

describe('GPU telemetry', () => {
  const shown = (): ClusterScript => ({
    readAt: null,
    pods: [pod('a', { from: 0, gpus: 2, of: task })],
    hosts: [node('node-1')],
  });
  const steady = (
    gpu: number,
    [from, to]: [number, number],
    facts: Parameters<typeof sample>[2],
  ): ReturnType<typeof sample>[] =>
    Array.from({ length: (to - from) * 2 }, (_, step) => sample(gpu, at(from) + step * 30_000, facts));

  it('divides held GPU time, and never touches the cost', async () => {
    const samples = [
      ...steady(0, [0, 30], { uid: 'a' }),
      ...steady(1, [0, 10], { uid: 'a' }),
      ...steady(1, [10, 20], { uid: 'a', activityPpm: 0 }),
    ];
    const cluster = shown();
    const dark = shown();
    const state = await seenAt(await keeperWith({ cluster, samples }), cluster, 30);
    const unseen = await seenAt(await keeperWith({ cluster: dark }), dark, 30);
    expect(runOf(state)).toMatchObject({ heldGpuSeconds: 3600, usedGpuSeconds: 2400, workloadIdleGpuSeconds: 600 });
    expect(runOf(unseen)).toMatchObject({ heldGpuSeconds: 3600, usedGpuSeconds: 0, utilization: null });
    expect([costOf(state), costOf(unseen)]).toEqual(['8', '8']);
  });

  it('is the same once its hour is closed', async () => {
    const samples = steady(0, [0, 90], { uid: 'a' });
    const cluster = shown();
    const keeper = await keeperWith({ cluster, samples });
    const open = await seenAt(keeper, cluster, 60);
    const closed = await seenAt(keeper, cluster, 75);
    expect([open.open.length, runOf(open)!.usedGpuSeconds]).toEqual([1, 3600]);
    expect([closed.open.length, runOf(closed)!.usedGpuSeconds]).toEqual([1, 4500]);
    expect(closed.gpuTime).toContainEqual(expect.objectContaining({ state: 'used', gpuSeconds: 3600 }));
  });

  it('that stops leaves no utilization behind after a minute, but all that it saw before', async () => {
    const samples = steady(0, [0, 10], { uid: 'a', activityPpm: 500_000 });
    const cluster = shown();
    const keeper = await keeperWith({ cluster, samples });
    const during = await seenAt(keeper, cluster, 9.75);
    expect([runOf(during)!.utilization, during.reach]).toEqual([0.5, [{ host: 'node-1', gpus: 4, seen: 1 }]]);
    const after = await seenAt(keeper, cluster, 12);
    expect([runOf(after)!.utilization, runOf(after)!.usedGpuSeconds]).toEqual([null, 600]);
    expect(after.reach).toEqual([{ host: 'node-1', gpus: 4, seen: 0 }]);
  });

  it('of GPUs that nobody holds is unattributed', async () => {
    const samples = [
      ...steady(0, [0, 31], { uid: 'a' }),
      ...steady(1, [0, 31], { uid: 'a' }),
      ...steady(3, [0, 31], {}),
    ];
    const cluster = shown();
    const state = await seenAt(await keeperWith({ cluster, samples }), cluster, 30);
    expect(burning(state)).toEqual({ 1: '16', unattributed: '8', idle: '8' });
  });

  it('of a host that nobody knows is an issue, once', async () => {
    const samples = [sample(0, at(1), { host: 'elsewhere' }), sample(1, at(1), { host: 'elsewhere' })];
    const cluster = shown();
    const store = new MemoryStore();
    const keeper = await keeperWith({ store, cluster, samples });
    await seenAt(keeper, cluster, 2);
    samples.push(sample(0, at(2), { host: 'elsewhere' }));
    await seenAt(keeper, cluster, 3);
    const issues = await store.issues(await store.lastLoad(), { limit: 10 });
    expect(issues.filter(({ code }) => code === 'unknown_gpu_host')).toEqual([
      expect.objectContaining({ value: 'elsewhere' }),
    ]);
  });

  it('of more GPUs than a host has is an issue', async () => {
    const samples = [0, 1, 2, 3, 4].map((gpu) => sample(gpu, at(1)));
    const cluster = shown();
    const state = await seenAt(await keeperWith({ cluster, samples }), cluster, 1);
    expect(state.issues).toContainEqual(expect.objectContaining({ code: 'gpu_count_conflict', value: 'node-1' }));
  });
});

describe('A Metaflow feed that does not answer', () => {
  it('holds up no cycle for longer than a moment, and is taken in when it does', async () => {
    const cluster: ClusterScript = { readAt: null, pods: [pod('a', { from: 0, of: task })], hosts: [node('node-1')] };
    const script: Script = { runs: [], attempts: [], fails: false };
    let answer: () => void = () => undefined;
    script.waits = new Promise<void>((done) => (answer = done));
    const keeper = await keeperWith({ cluster, script });
    expect(costOf(await seenAt(keeper, cluster, 30))).toBe('4');
    expect(costOf(await seenAt(keeper, cluster, 45))).toBe('6');
    const told = story('F/1', { from: 0, to: null, tags: ['team:vision'] });
    Object.assign(script, { runs: [told.run], attempts: [held(told.attempt, 'a')] });
    answer();
    const state = await seenAt(keeper, cluster, 60);
    expect([costOf(state), runOf(state)!.labels.team, state.completeUntil]).toEqual(['8', 'vision', at(30)]);
  });
});
