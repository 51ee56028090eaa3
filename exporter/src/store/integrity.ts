import { z } from 'zod';
import type { Channel } from './engine';
import { lastLoadOf } from './publish';
import { bigintCell, numberCell } from './rows/scalars';
import { statement } from './sql-file';
import { IntegrityError, type LoadId } from './store';
import { checkOf, LOAD_TABLES } from './tables';

const detachedPart = z.object({ table: z.string(), name: z.string(), why: z.string() });
const checkedPart = z.object({ part_path: z.string(), is_passed: z.number(), message: z.string() });
const mismatchedLoad = z.object({
  load_id: numberCell,
  of_table: z.string(),
  expected_rows: bigintCell,
  found_rows: bigintCell,
  expected_amount: z.string(),
  found_amount: z.string(),
});

const REMEDY =
  'Restore the store from a backup or rebuild it from its feeds; until then its numbers are not to be shown.';

/** Compares what the store holds with what was published. @throws IntegrityError naming the part, table or load. */
export async function verifyStore(channel: Channel): Promise<void> {
  const [detached] = await channel.query(statement('detached-parts'), detachedPart);
  if (detached) {
    const { table, name, why } = detached;
    throw new IntegrityError(
      `Part ${name} of ${table} was set aside as damaged (${why || 'no reason given'}). ${REMEDY}`,
    );
  }
  for (const table of [...LOAD_TABLES, 'loads'] as const) {
    const parts = await channel.query(checkOf(table), checkedPart);
    const damaged = parts.find(({ is_passed }) => is_passed !== 1);
    if (damaged)
      throw new IntegrityError(`Part ${damaged.part_path} of ${table} is damaged: ${damaged.message}. ${REMEDY}`);
  }
  await verifyLoads(channel, await lastLoadOf(channel));
}

async function verifyLoads(channel: Channel, upTo: LoadId): Promise<void> {
  const [load] = await channel.query(statement('mismatched-loads'), mismatchedLoad, { upTo });
  if (!load) return;
  const expected = `${load.expected_rows} rows and ${load.expected_amount}`;
  const found = `${load.found_rows} rows and ${load.found_amount}`;
  throw new IntegrityError(
    `Load ${load.load_id} published ${expected} in ${load.of_table}, but ${found} are there. ${REMEDY}`,
  );
}
