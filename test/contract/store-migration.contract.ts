import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../exporter/src/store/connect';
import { engineOver, type Row } from '../../exporter/src/store/engine';
import { migrate, shippedMigrations } from '../../exporter/src/store/migrate';
import { openStore } from '../../exporter/src/store/open-store';
import { type Backend, type Place, withPlace } from '../support/store-backends';
import { contentsOf } from '../support/store-contents';
import { aUsage, hourAt, runKey } from '../support/store-facts';
import { bareLoads } from '../support/store-victim-loads';

/** Every row that the version before pods, usage and samples wrote for the first two bare loads. */
const OLD_ROWS = JSON.parse(readFileSync(join(__dirname, '../fixtures/store/after-004.json'), 'utf8')) as Record<
  string,
  Row[]
>;

/** A store as that version left it. */
async function oldStore({ url }: Place): Promise<void> {
  const engine = engineOver(await connect(url));
  await migrate(
    engine.writer,
    shippedMigrations().filter(({ name }) => name < '005'),
  );
  for (const [table, rows] of Object.entries(OLD_ROWS)) await engine.writer.insert(table, rows);
  await engine.close();
}

/** What becomes of a store that an older version wrote. */
export function migrationContract(backend: Backend): void {
  describe('a store of the version before telemetry', () => {
    it('is read as if this version had written it, and verifies', async () => {
      let written: unknown;
      await withPlace(backend, async ({ url }) => {
        const store = await openStore({ url });
        for (const load of bareLoads(2)) await store.publish(load);
        written = await contentsOf(store);
        await store.close();
      });
      await withPlace(backend, async (place) => {
        await oldStore(place);
        const store = await openStore({ url: place.url });
        await store.verify();
        expect(await contentsOf(store)).toEqual(written);
        await store.close();
      });
    });

    it('knows its loads, attempts and hours again: nothing is published twice', async () => {
      await withPlace(backend, async (place) => {
        await oldStore(place);
        const store = await openStore({ url: place.url });
        const [first, second] = bareLoads(2) as [ReturnType<typeof bareLoads>[0], ReturnType<typeof bareLoads>[0]];
        expect(await store.publish(first)).toEqual({ outcome: 'skipped', loadId: 1 });
        expect(await store.publish({ ...second, key: 'anew' })).toEqual({ outcome: 'skipped', loadId: 2 });
        await store.close();
      });
    });

    it('takes usage for an hour that was closed without', async () => {
      await withPlace(backend, async (place) => {
        await oldStore(place);
        const store = await openStore({ url: place.url });
        const [closing] = bareLoads(2)[1]!.closings;
        const [{ origin, pieces }] = closing!.periods as [(typeof closing & object)['periods'][0]];
        const usage = aUsage(10, 20, 30);
        const seen = pieces.map((piece) => (piece.kind === 'workload' ? { ...piece, usage } : piece));
        const load = {
          ...bareLoads(2)[1]!,
          key: 'seen',
          closings: [{ ...closing!, periods: [{ origin, pieces: seen }] }],
        };
        expect(await store.publish(load)).toEqual({ outcome: 'published', loadId: 3 });
        const usages = async (asOf: number) =>
          (await store.piecesOfPeriod(closing!.host, hourAt(1), asOf)).map((piece) => piece.usage);
        expect([await usages(2), await usages(3)]).toEqual([
          [undefined, undefined],
          [usage, undefined],
        ]);
        expect(await store.closedCosts([runKey('1')], 3)).toMatchObject([{ usedGpuSeconds: 10, energyJoules: 0.03 }]);
        await store.verify();
        await store.close();
      });
    });
  });
}
