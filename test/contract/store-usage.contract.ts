import { InvariantError } from '../../exporter/src/assert';
import type { Store } from '../../exporter/src/store/store';
import { type Backend, withStore } from '../support/store-backends';
import {
  aClosing,
  aHost,
  aLoad,
  anAttempt,
  aRun,
  attemptKey,
  aUsage,
  HOSTILE_NAMES,
  hourAt,
  NOON,
  runKey,
} from '../support/store-facts';

const joulesOf = (millijoules: number | null): number | null => millijoules && millijoules / 1000;

/** What telemetry and Kubernetes add to the facts and to the ledger. */
export function usageContract(backend: Backend): void {
  const inStore = (test: Parameters<typeof withStore>[1]) => () => withStore(backend, test);

  describe('pods of attempts', () => {
    it(
      'come back with their attempt, and another pod is a new version of it',
      inStore(async (store) => {
        const named = anAttempt(attemptKey('1'), { pod: { uid: null, namespace: 'ml', name: 'train-abc' } });
        const known = { ...named, pod: { uid: 'u-1', namespace: 'ml', name: 'train-abc' } };
        const read = async (asOf: number) => [
          ...(await store.attemptsOfRuns([runKey('1')], asOf)),
          ...(await store.attemptsOnHosts(['host-a'], hourAt(0), asOf)),
        ];
        await store.publish(aLoad('one', { attempts: [named, anAttempt(attemptKey('2'), { pod: null })] }));
        await store.publish(aLoad('two', { attempts: [known] }));
        expect(await store.publish(aLoad('three', { attempts: [known] }))).toMatchObject({ outcome: 'skipped' });
        expect(await read(1)).toEqual([named, named, anAttempt(attemptKey('2'))]);
        expect(await read(2)).toEqual([known, known, anAttempt(attemptKey('2'))]);
        await store.publish(aLoad('four', { attempts: [anAttempt(attemptKey('1'))] }));
        expect(await read(3)).toEqual([
          anAttempt(attemptKey('1')),
          anAttempt(attemptKey('1')),
          anAttempt(attemptKey('2')),
        ]);
      }),
    );
  });

  describe('usage of pieces', () => {
    const closed = (usage?: ReturnType<typeof aUsage>) =>
      aClosing('host-a', 0, [
        { holder: attemptKey('1'), amount: 5n, ...(usage && { usage }) },
        { cause: 'beside_work', amount: 1n },
      ]);
    const standing = async (store: Store, asOf: number) =>
      (await store.piecesOfPeriod('host-a', hourAt(0), asOf)).map(({ usage }) => usage);

    it(
      'comes back as it was; absent stays absent and unknown energy stays unknown, through every restatement',
      inStore(async (store) => {
        const history = [
          undefined,
          aUsage(600, 300, 7_000),
          aUsage(600, 300),
          aUsage(0, 0, 0),
          aUsage(0, 0),
          undefined,
        ];
        for (const [index, usage] of history.entries()) {
          const published = await store.publish(aLoad(`${index}`, { closings: [closed(usage)] }));
          expect(published).toEqual({ outcome: 'published', loadId: index + 1 });
        }
        for (const [index, usage] of history.entries()) {
          expect(await standing(store, index + 1)).toEqual([usage, undefined]);
          const [cost] = await store.closedCosts([runKey('1')], index + 1);
          expect(cost).toMatchObject({
            estimated: 5n,
            heldGpuSeconds: 1_000,
            usedGpuSeconds: usage ? Number(usage.used) / 1e12 : 0,
            workloadIdleGpuSeconds: usage ? Number(usage.workloadIdle) / 1e12 : 0,
            energyJoules: joulesOf(usage?.energyMillijoules ?? null),
          });
        }
        await store.verify();
      }),
    );

    it(
      'that is equal again closes nothing again, and energy is kept in whole millijoules',
      inStore(async (store) => {
        await store.publish(aLoad('one', { closings: [closed(aUsage(1, 2, 3))] }));
        expect(await store.publish(aLoad('two', { closings: [closed(aUsage(1, 2, 3.2))] }))).toEqual({
          outcome: 'skipped',
          loadId: 1,
        });
      }),
    );

    it(
      'adds up by run and by state of GPU time',
      inStore(async (store) => {
        const pieces = [
          { holder: attemptKey('1', 'a'), amount: 1n, usage: aUsage(600, 300, 7_000) },
          { holder: attemptKey('1', 'b'), amount: 1n, usage: aUsage(100, 0) },
          { holder: attemptKey('1', 'c'), amount: 1n },
          { amount: 1n },
        ];
        await store.publish(aLoad('one', { runs: [aRun('1')], closings: [aClosing('host-a', 0, pieces)] }));
        const used = { usedGpuSeconds: 700, workloadIdleGpuSeconds: 300 };
        expect(await store.closedCosts([runKey('1')], 1)).toMatchObject([
          { heldGpuSeconds: 3_000, ...used, energyJoules: 7 },
        ]);
        expect(await store.gpuTime(1)).toEqual([
          {
            kind: 'unattributed',
            cause: null,
            team: null,
            host: 'host-a',
            gpuSeconds: 1_000,
            usedGpuSeconds: 0,
            workloadIdleGpuSeconds: 0,
          },
          { kind: 'workload', cause: null, team: 'vision', host: 'host-a', gpuSeconds: 3_000, ...used },
        ]);
      }),
    );

    it.each([
      ['more than was held', { holder: attemptKey('1'), amount: 1n, usage: aUsage(900, 101) }],
      ['of what nobody holds', { cause: 'gap' as const, amount: 1n, usage: aUsage(1, 0) }],
    ])('is refused where it is %s', async (_what, piece) => {
      await withStore(backend, async (store) => {
        const load = aLoad('one', { closings: [aClosing('host-a', 0, [piece])] });
        await expect(store.publish(load)).rejects.toThrow(InvariantError);
        expect(await store.lastLoad()).toBe(0);
      });
    });
  });

  describe('discovered hosts', () => {
    it(
      'come back as their latest version, by name, hostile names too',
      inStore(async (store) => {
        const bare = { pool: null, provider: null, region: null, zone: null, instanceType: null, capacityType: null };
        const unknown = { ...bare, vcpus: null, billingResourceId: null, internalIp: null, from: null, to: NOON };
        const hosts = [
          aHost('b'),
          aHost('a', unknown),
          ...HOSTILE_NAMES.map((name) => aHost(name, { pool: name, feed: name })),
        ];
        await store.publish(aLoad('one', { hosts }));
        const first = await store.discoveredHosts(1);
        expect(first).toHaveLength(hosts.length);
        for (const host of hosts) expect(first).toContainEqual(host);
        await store.publish(aLoad('two', { hosts: [aHost('b', { to: NOON }), aHost('a', unknown)] }));
        expect((await store.discoveredHosts(2)).filter(({ name }) => name < 'c' && name >= 'a')).toEqual([
          aHost('a', unknown),
          aHost('b', { to: NOON }),
        ]);
        expect(await store.discoveredHosts(1)).toEqual(first);
        expect(await store.discoveredHosts(0)).toEqual([]);
        expect(await store.publish(aLoad('three', { hosts: [aHost('b', { to: NOON })] }))).toMatchObject({
          outcome: 'skipped',
        });
        await expect(store.publish(aLoad('four', { hosts: [aHost('b'), aHost('b')] }))).rejects.toThrow(/host b twice/);
        await store.verify();
      }),
    );
  });
}
