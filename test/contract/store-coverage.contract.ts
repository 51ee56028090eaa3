import { workloadKey } from '../../exporter/src/facts/workload';
import type { Store } from '../../exporter/src/store/store';
import { HOUR_MS } from '../../exporter/src/units/interval';
import { MemoryStore } from '../support/memory-store';
import { type Backend, withStore } from '../support/store-backends';
import { aClosing, aLoad, anAttempt, aRun, attemptKey, aUsage, hourAt, NOON, runKey } from '../support/store-facts';

const ENDPOINT = workloadKey({ cluster: 'prod', namespace: 'serving', workload: 'chat', pod: 'chat-0', uid: 'u-0' });
const NO_LABELS = { team: null, project: null, cost_center: null, experiment: null, model_version: null };
const endpointRun = (labels: Partial<typeof NO_LABELS> | { team: string } = {}) =>
  aRun('x', {
    key: { deployment: ENDPOINT.deployment, flow: ENDPOINT.flow, run: ENDPOINT.run },
    labels: { ...NO_LABELS, ...labels },
    outcome: 'running',
    endedAt: null,
  });

/** What is charged to no run or to nobody, and which runs changed since a load. */
export function coverageContract(backend: Backend): void {
  const inStore = (test: Parameters<typeof withStore>[1]) => () => withStore(backend, test);

  describe('workloads that are no runs', () => {
    it(
      'are listed nowhere, found by key, and cost their team but no flow, step or variant',
      inStore(async (store) => {
        const run = endpointRun({ team: 'vision' });
        const pieces = [
          { holder: ENDPOINT, amount: 7n },
          { holder: attemptKey('1'), amount: 5n },
        ];
        const gaps = { unchargedAttempts: 1, lostAttempts: 0 };
        const stray = { ...endpointRun({ team: 'vision' }), key: { ...run.key, run: 'serving/stray' }, gaps };
        await store.publish(aLoad('one', { runs: [aRun('1'), run, stray], closings: [aClosing('host-a', 0, pieces)] }));
        expect(await store.runs({ limit: 9 }, 1)).toEqual([aRun('1')]);
        expect(await store.runs({ limit: 9, flow: '' }, 1)).toEqual([]);
        expect((await store.flows(1, { limit: 9 })).map(({ flow, runs }) => [flow, runs])).toEqual([['TrainFlow', 1]]);
        expect((await store.knownRuns('prod', 1)).map(({ key }) => key)).toEqual([runKey('1')]);
        expect(await store.findRun({ flow: '', run: run.key.run }, 1)).toEqual([run]);
        expect(await store.runsByKey([run.key], 1)).toEqual([run]);
        expect(await store.recentRuns(NOON + 2 * HOUR_MS, 1)).toEqual(expect.arrayContaining([run, stray]));
        expect((await store.closedCosts([run.key], 1))[0]!.estimated).toBe(7n);
        const rollup = async (by: Parameters<Store['rollup']>[0]['by']) =>
          (await store.rollup({ by, window: hourAt(0) }, 1)).map(({ flow, value, estimated, runs }) => {
            return [flow, value, estimated, runs];
          });
        expect(await rollup('team')).toEqual([
          ['', 'vision', 7n, 0],
          ['TrainFlow', 'vision', 5n, 1],
        ]);
        expect(await rollup('flow')).toEqual([['TrainFlow', 'TrainFlow', 5n, 1]]);
        expect(await rollup('step')).toEqual([['TrainFlow', 'train', 5n, 1]]);
        expect(await rollup('config_variant')).toEqual([['TrainFlow', 'v-1', 5n, 1]]);
        expect(await store.rollupGaps({ by: 'team', window: hourAt(0) }, 1)).toEqual([
          { value: 'vision', unchargedAttempts: 1, lostAttempts: 0, runs: 0 },
        ]);
      }),
    );
  });

  describe('coverage', () => {
    const runs = [
      aRun('1'),
      aRun('2', { labels: { ...NO_LABELS, project: 'p' } }),
      aRun('3', { labels: { ...NO_LABELS, team: 'speech', project: 'p' } }),
      endpointRun(),
    ];
    const attempts = [
      anAttempt(attemptKey('1', 'a'), { confidence: 'exact' }),
      anAttempt(attemptKey('1', 'b'), { confidence: 'exact' }),
      anAttempt(attemptKey('2', 'a'), { confidence: 'exact' }),
      anAttempt(attemptKey('2', 'b'), { confidence: 'shared' }),
      anAttempt(ENDPOINT, { confidence: 'strong' }),
    ];
    const closings = [
      aClosing('host-a', 0, [
        { holder: attemptKey('1', 'a'), amount: 10n, usage: aUsage(500, 100) },
        { holder: attemptKey('1', 'b'), amount: 20n },
        { holder: attemptKey('2', 'a'), amount: 3n },
        { holder: attemptKey('2', 'b'), amount: 4n },
        { holder: attemptKey('3'), amount: 5n },
        { holder: ENDPOINT, amount: 9n },
        { amount: 8n },
        { cause: 'beside_work', amount: 1n },
      ]),
      aClosing('host-b', 0, [{ amount: 8n, gpuTime: 2n * 10n ** 15n }]),
      aClosing('host-c', 0, [{ amount: null }]),
      aClosing('host-a', 1, [{ holder: attemptKey('2', 'a'), amount: 100n }]),
    ];
    const both = async (store: Store): Promise<Store[]> => {
      const memory = new MemoryStore();
      const loads = [
        aLoad('one', { runs, attempts, closings }),
        aLoad('two', {
          runs: [aRun('2', { labels: { ...NO_LABELS, team: 'late', project: 'p' } })],
          attempts: [anAttempt(attemptKey('2', 'b'), { confidence: 'exact' })],
        }),
      ];
      for (const load of loads) await Promise.all([store.publish(load), memory.publish(load)]);
      return [store, memory];
    };

    it(
      'sums what is charged by confidence and by what the run is labelled, at that load',
      inStore(async (store) => {
        const row = (of: object, amount: bigint, heldGpuSeconds: number, observedGpuSeconds = 0) => ({
          ...{ kind: 'workload', confidence: 'exact', isWorkload: false, hasTeam: true, hasProject: false },
          ...{ ...of, amount, heldGpuSeconds, observedGpuSeconds },
        });
        const unattributed = { kind: 'unattributed', confidence: null, hasTeam: false };
        const common = [row(unattributed, 16n, 4_000), row({}, 30n, 2_000, 600)];
        const endpoint = row({ confidence: 'strong', isWorkload: true, hasTeam: false }, 9n, 1_000);
        const unknown = row({ confidence: 'none', hasProject: true }, 5n, 1_000);
        const untold = { hasTeam: false, hasProject: true };
        const first = [row(untold, 3n, 1_000), row({ ...untold, confidence: 'shared' }, 4n, 1_000)];
        for (const one of await both(store)) {
          const covered = async (asOf: number) => new Set(await one.coverage(hourAt(0), asOf));
          expect(await covered(1)).toEqual(new Set([...common, endpoint, unknown, ...first]));
          expect(await covered(2)).toEqual(
            new Set([...common, endpoint, unknown, row({ hasProject: true }, 7n, 2_000)]),
          );
          expect(await one.coverage(hourAt(2), 2)).toEqual([]);
        }
      }),
    );

    it(
      'names the largest amounts of no run and of no team, with the least sure confidence of each',
      inStore(async (store) => {
        const row = (of: object, amount: bigint, heldGpuSeconds = 1_000) => ({
          ...{ kind: 'unattributed', key: null, host: null, confidence: null, hasTeam: false },
          ...{ ...of, amount, heldGpuSeconds },
        });
        const endpoint = { deployment: ENDPOINT.deployment, flow: ENDPOINT.flow, run: ENDPOINT.run };
        const ofNobody = [row({ host: 'host-b' }, 8n, 2_000), row({ host: 'host-a' }, 8n)];
        const ofEndpoint = row({ kind: 'workload', key: endpoint, confidence: 'strong' }, 9n);
        const ofTwo = row({ kind: 'workload', key: runKey('2'), confidence: 'shared' }, 7n, 2_000);
        for (const one of await both(store)) {
          const named = [ofEndpoint, ...ofNobody, ofTwo];
          expect(await one.unmatched(hourAt(0), 9, 1)).toEqual([...named, row({ host: 'host-c' }, 0n)]);
          expect(await one.unmatched(hourAt(0), 2, 1)).toEqual(named.slice(0, 2));
          expect((await one.unmatched(hourAt(1), 9, 1)).map(({ amount }) => amount)).toEqual([100n]);
          expect(await one.unmatched(hourAt(1), 9, 2)).toEqual([]);
        }
      }),
    );
  });

  describe('runs changed since a load', () => {
    it(
      'are those that a list read at that load must add, replace or drop',
      inStore(async (store) => {
        const open = (run: string) => aRun(run, { endedAt: null, outcome: 'running' });
        const since = NOON + 2 * HOUR_MS;
        const memory = new MemoryStore();
        const loads = [
          aLoad('one', { runs: [open('stays'), open('ends'), open('ends late'), aRun('old')] }),
          aLoad('two', {
            runs: [
              aRun('ends'),
              aRun('ends late', { endedAt: since }),
              open('comes'),
              aRun('comes old'),
              aRun('old', { user: 'eve' }),
            ],
          }),
          aLoad('three', { runs: [aRun('comes', { endedAt: NOON })] }),
        ];
        for (const load of loads) await Promise.all([store.publish(load), memory.publish(load)]);
        for (const one of [store, memory]) {
          const changed = async (after: number, asOf: number) =>
            (await one.runsChangedSince(after, since, asOf)).map(({ key, endedAt }) => [key.run, endedAt]);
          const ends = ['ends', NOON + HOUR_MS];
          expect(await changed(1, 2)).toEqual([['comes', null], ends, ['ends late', since]]);
          expect(await changed(1, 3)).toEqual([ends, ['ends late', since]]);
          expect(await changed(2, 3)).toEqual([['comes', NOON]]);
          expect(await changed(3, 3)).toEqual([]);
          expect(await one.runsChangedSince(0, since, 3)).toEqual(await one.recentRuns(since, 3));
        }
      }),
    );
  });
}
