import { connect } from '../../exporter/src/store/connect';
import { engineOver } from '../../exporter/src/store/engine';
import { MigrationError } from '../../exporter/src/store/errors';
import { shippedMigrations } from '../../exporter/src/store/migrate';
import { openStore, openStoreOver } from '../../exporter/src/store/open-store';
import { IntegrityError, type Store } from '../../exporter/src/store/store';
import { type Backend, type Place, withPlace } from '../support/store-backends';
import { behindItsBack } from '../support/store-tampering';
import { victimLoads } from '../support/store-victim-loads';

async function filled({ url }: Place): Promise<void> {
  const store = await openStore({ url });
  for (const load of victimLoads()) await store.publish(load);
  await store.verify();
  await store.close();
}

async function verdictOf({ url }: Place): Promise<unknown> {
  const store: Store = await openStore({ url });
  try {
    return await store.verify().catch((error: unknown) => error);
  } finally {
    await store.close();
  }
}

/** What the store notices about itself. */
export function integrityContract(backend: Backend): void {
  describe('integrity', () => {
    it.each([
      [
        'a piece removed',
        `ALTER TABLE allocated_charges DELETE WHERE load_id = 2 AND kind = 'idle' AND host = 'host-a'`,
      ],
      [
        'an amount changed',
        `ALTER TABLE origin_charges UPDATE amount = amount + 1 WHERE load_id = 2 AND host = 'host-a'`,
      ],
      ['an attempt removed', `ALTER TABLE attempts DELETE WHERE load_id = 2`],
      ['a host removed', `ALTER TABLE hosts DELETE WHERE load_id = 2`],
    ])('names the load of %s behind its back', async (_what, text) => {
      await withPlace(backend, async (place) => {
        await filled(place);
        await behindItsBack(place, text);
        const verdict = await verdictOf(place);
        expect(verdict).toBeInstanceOf(IntegrityError);
        expect((verdict as Error).message).toMatch(
          /^Load 2 published .* in (allocated_charges|origin_charges|attempts|hosts), but /,
        );
      });
    });

    it('names a part that was set aside', async () => {
      await withPlace(backend, async (place) => {
        await filled(place);
        await behindItsBack(place, 'ALTER TABLE origin_charges DETACH PARTITION 202603');
        const verdict = await verdictOf(place);
        expect(verdict).toBeInstanceOf(IntegrityError);
        expect((verdict as Error).message).toMatch(/^Part 202603\S* of origin_charges was set aside/);
      });
    });

    it('refuses a migration that was edited after it was applied, and one it does not know', async () => {
      await withPlace(backend, async (place) => {
        await filled(place);
        const openWith = async (migrations: ReturnType<typeof shippedMigrations>): Promise<Store> =>
          openStoreOver({ engine: engineOver(await connect(place.url)), migrations, onPhase: () => undefined });
        const [first, ...rest] = shippedMigrations() as [ReturnType<typeof shippedMigrations>[0]];
        const edited = openWith([{ ...first, text: `${first.text}\n-- edited` }, ...rest]);
        await expect(edited).rejects.toThrow(MigrationError);
        await expect(openWith([first])).rejects.toThrow(
          /written by a newer version: it has the migration 002-facts\.sql/,
        );
        const more = [
          ...shippedMigrations(),
          { name: '900-more.sql', text: 'CREATE TABLE more (x Int8) ENGINE = Memory;\n' },
        ];
        await (await openWith(more)).close();
        const store = await openWith(more);
        expect(await store.lastLoad()).toBe(victimLoads().length);
        await store.close();
      });
    });
  });
}
