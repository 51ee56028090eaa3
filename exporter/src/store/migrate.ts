import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { hashOf } from './content-hash';
import type { Channel } from './engine';
import { MigrationError } from './errors';

/** A numbered file of `schema/`. */
export type Migration = { readonly name: string; readonly text: string };

const LEDGER = `CREATE TABLE IF NOT EXISTS migrations (name String, content_hash String)
ENGINE = MergeTree ORDER BY name SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;
const NUMBERED = /^\d{3}-[a-z-]+\.sql$/;

const applied = z.object({ name: z.string(), content_hash: z.string() });

/** The migrations this version ships, in order. */
export function shippedMigrations(): Migration[] {
  const folder = join(__dirname, 'schema');
  const names = readdirSync(folder).filter((name) => NUMBERED.test(name));
  return names.sort().map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

/**
 * Applies what is not applied yet, once, in order.
 * @throws MigrationError when an applied migration was edited since or is not shipped any more.
 */
export async function migrate(channel: Channel, migrations: readonly Migration[]): Promise<void> {
  await channel.command({ name: 'create migrations', text: LEDGER });
  const text = 'SELECT name, content_hash FROM migrations ORDER BY name';
  const done = new Map(
    (await channel.query({ name: 'migrations', text }, applied)).map((row) => [row.name, row.content_hash]),
  );
  const unknown = [...done.keys()].find((name) => !migrations.some((migration) => migration.name === name));
  if (unknown !== undefined) {
    throw new MigrationError(
      `The store was written by a newer version: it has the migration ${unknown}. Use that version.`,
    );
  }
  for (const migration of migrations) await apply(channel, migration, done.get(migration.name));
}

async function apply(channel: Channel, { name, text }: Migration, doneHash: string | undefined): Promise<void> {
  const contentHash = hashOf(text);
  if (doneHash === contentHash) return;
  if (doneHash !== undefined) {
    throw new MigrationError(
      `Migration ${name} was edited after it was applied. Restore it and add a new one instead.`,
    );
  }
  for (const statement of text.split(/;\s*(?:\n|$)/).filter((part) => part.trim() !== '')) {
    await channel.command({ name, text: statement });
  }
  await channel.insert('migrations', [{ name, content_hash: contentHash }]);
}
