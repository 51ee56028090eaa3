import * as fc from 'fast-check';
import { openStore } from '../../exporter/src/store/open-store';
import type { Store } from '../../exporter/src/store/store';
import { stretchesOf } from '../support/memory-samples';
import { type Backend, type Place, withPlace } from '../support/store-backends';
import { behindItsBack } from '../support/store-tampering';
import { hourAt, NOON } from '../support/store-facts';
import { ACTIVITIES, ENERGIES, LOW } from '../support/store-sample-tables';
import { every, inWords, type SampleSpec, samplesOf } from '../support/store-samples';

const HOUR = hourAt(0);

const anySample: fc.Arbitrary<SampleSpec> = fc.record(
  {
    at: fc.integer({ min: -60, max: 60 }).map((step) => step * 15),
    ppm: fc.constantFrom(0, 5_000, 300_000, 900_000, null),
    holds: fc.constantFrom(10, 60, 75),
    pods: fc.constantFrom(['a'], ['a', 'b'], []),
    joules: fc.constantFrom(0, 20_000, 40_000, 60_000, 90_000, 1_000_000, 5_000_000),
    watts: fc.constantFrom(0, 300, 700, 1_500),
    instance: fc.constantFrom('', '', '', '1'),
  },
  { requiredKeys: ['at', 'ppm', 'holds', 'pods', 'instance'] },
);

/** What the store measures of GPU samples. */
export function samplesContract(backend: Backend): void {
  describe('GPU samples', () => {
    let [place, store, hosts]: [Place | null, Store | null, number] = [null, null, 0];
    const open = (): Store => store!;
    const nextHost = (): string => `node-${(hosts += 1)}`;

    beforeAll(async () => {
      place = await backend.newPlace();
      store = await openStore({ url: place.url });
    });

    afterAll(async () => {
      await store?.close();
      await place?.remove();
    });

    it.each(ACTIVITIES)('%s', async (_name, samples, stretches) => {
      const host = nextHost();
      await open().appendSamples(samplesOf(host, samples));
      expect((await open().deviceStretches([host], HOUR)).map(inWords)).toEqual(stretches);
    });

    it.each(ENERGIES)('energy: %s', async (_name, samples, joules) => {
      const host = nextHost();
      await open().appendSamples(samplesOf(host, samples));
      const energies = (await open().deviceStretches([host], HOUR)).map(({ energyMillijoules }) => energyMillijoules);
      expect(energies).toEqual(joules.map((energy) => energy && energy * 1000));
    });

    it('are measured as a walk over them measures them, in whatever pieces and order they arrive', async () => {
      const history = fc.array(anySample, { minLength: 1, maxLength: 40 });
      await fc.assert(
        fc.asyncProperty(history, fc.integer({ min: 0, max: 40 }), async (specs, cut) => {
          const host = nextHost();
          const samples = samplesOf(host, specs);
          for (const part of [samples.slice(0, cut), samples.slice(cut)]) await open().appendSamples(part);
          const span = { start: NOON - 300_000, end: NOON + 300_000 };
          expect(await open().deviceStretches([host], span)).toEqual(stretchesOf(samples, [host], span));
        }),
        { numRuns: 60 },
      );
    }, 120_000);

    it('are given for the hosts that are asked for, by host, device and time', async () => {
      const [a, b, c] = [nextHost(), nextHost(), nextHost()];
      for (const host of [c, a, b]) {
        await open().appendSamples([
          ...samplesOf(host, [{ at: 300 }, { at: 0 }]),
          ...samplesOf(host, [{ at: 0, instance: '1' }]),
        ]);
      }
      const found = await open().deviceStretches([b, a, b], HOUR);
      const places = found.map(({ host, device, start }) => [host, device.instance, (start - NOON) / 1000]);
      expect(places).toEqual(
        [a, b].flatMap((host) => [
          [host, '', 0],
          [host, '', 300],
          [host, '1', 0],
        ]),
      );
      expect(await open().deviceStretches([], HOUR)).toEqual([]);
      await open().appendSamples([]);
    });

    it('beyond what an activity can be are refused whole', async () => {
      const host = nextHost();
      const samples = samplesOf(host, [{ at: 0 }, { at: 30, ppm: 1_000_001 }]);
      await expect(open().appendSamples(samples)).rejects.toThrow(`The activity of GPU-of-${host}`);
      expect(await open().deviceStretches([host], HOUR)).toEqual([]);
    });
  });

  describe('GPU samples on disk', () => {
    const measured = async ({ url }: Place): Promise<string[]> => {
      const store = await openStore({ url });
      const stretches = (await store.deviceStretches(['node'], HOUR)).map(inWords);
      await store.verify();
      await store.close();
      return stretches;
    };
    const append = async ({ url }: Place, samples: readonly SampleSpec[]): Promise<void> => {
      const store = await openStore({ url });
      await store.appendSamples(samplesOf('node', samples));
      await store.close();
    };

    it('stand as they first arrived, whatever a later process says and however they are merged (R36)', async () => {
      await withPlace(backend, async (place) => {
        await append(place, every(30, [0, 60]));
        await append(place, every(30, [0, 90], LOW));
        const first = ['0..90 active a', '90..150 idle a'];
        expect(await measured(place)).toEqual(first);
        await behindItsBack(place, 'OPTIMIZE TABLE gpu_samples FINAL');
        await append(place, every(30, [0, 90], { pods: ['b'] }));
        expect(await measured(place)).toEqual(first);
      });
    });

    it('are no part of the ledger: one that was set aside as damaged does not stop it', async () => {
      await withPlace(backend, async (place) => {
        await append(place, every(30, [0, 60]));
        await behindItsBack(place, `ALTER TABLE gpu_samples DETACH PARTITION ${Math.floor(NOON / 86_400_000)}`);
        expect(await measured(place)).toEqual([]);
      });
    });

    it('expire 35 days after they arrived, not after the time they speak of', async () => {
      await withPlace(backend, async (place) => {
        await append(place, [{ at: 0 }]);
        const agedBy = (days: number, shiftMs: number): string => `
          INSERT INTO gpu_samples (
            host, uuid, instance, at, precedence, holds_ms, activity_ppm, signal, power_mw, energy_mj, pods, model,
            profile, stored_at
          ) SETTINGS insert_allow_materialized_columns = 1
          SELECT host, 'aged ${days}', instance, at + ${shiftMs}, precedence, holds_ms, activity_ppm, signal, power_mw,
            energy_mj, pods, model, profile, now() - INTERVAL ${days} DAY
          FROM gpu_samples WHERE uuid = 'GPU-of-node'`;
        await behindItsBack(place, agedBy(36, 86_400_000));
        await behindItsBack(place, agedBy(34, -86_400_000));
        await behindItsBack(place, 'OPTIMIZE TABLE gpu_samples FINAL');
        const store = await openStore({ url: place.url });
        const days = { start: NOON - 2 * 86_400_000, end: NOON + 2 * 86_400_000 };
        const kept = (await store.deviceStretches(['node'], days)).map(({ device }) => device.uuid);
        expect(kept).toEqual(['GPU-of-node', 'aged 34']);
        await store.close();
      });
    });
  });
}
