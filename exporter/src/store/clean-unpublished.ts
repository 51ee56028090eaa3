import { z } from 'zod';
import type { Channel } from './engine';
import { numberCell } from './rows/scalars';
import { statement } from './sql-file';
import { deletionFrom, LOAD_TABLES } from './tables';

const unpublishedLoad = z.object({ load_id: numberCell });

/** Deletes every row whose load was never published: the process died, or a stage failed. */
export async function cleanUnpublished(channel: Channel): Promise<void> {
  const loads = (await channel.query(statement('unpublished-loads'), unpublishedLoad)).map(({ load_id }) => load_id);
  if (loads.length === 0) return;
  for (const table of LOAD_TABLES) await channel.command(deletionFrom(table), { loads });
}
