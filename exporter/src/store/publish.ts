import { z } from 'zod';
import type { Channel, Row } from './engine';
import { cleanUnpublished } from './clean-unpublished';
import { countNews, newsOf } from './load-news';
import { rowsOfLoad } from './load-rows';
import { numberCell } from './rows/scalars';
import { statement } from './sql-file';
import { stageLoad } from './stage-load';
import { IdempotencyError, type Load, type LoadId, type PublishOutcome } from './store';
import { type StagedRows, verifyStaged } from './verify-staged';

/** Where a publishing stands; `clean` is what follows a failure. */
export type Phase = 'stage' | 'verify' | 'publish' | 'clean';

const knownLoad = z.object({ load_id: numberCell, content_hash: z.string() });
const lastLoad = z.object({ load_id: numberCell, at: numberCell });

/** Publishes loads one after the other; a failed one leaves nothing behind before the next begins. */
export class Publisher {
  private queue: Promise<unknown> = Promise.resolve();
  private dirty = false;

  constructor(
    private readonly channel: Channel,
    private readonly onPhase: (phase: Phase) => void,
  ) {}

  /** Stages, verifies and publishes one load after all that were handed in before. */
  publish(load: Load): Promise<PublishOutcome> {
    const outcome = this.queue.then(() => this.publishNow(load));
    this.queue = outcome.catch(() => undefined);
    return outcome;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    await this.queue;
  }

  private async publishNow(load: Load): Promise<PublishOutcome> {
    if (this.dirty) await this.clean();
    const rows = rowsOfLoad(load);
    const [known] = await this.channel.query(statement('find-load'), knownLoad, { key: load.key });
    if (known?.content_hash === rows.contentHash) return { outcome: 'skipped', loadId: known.load_id };
    if (known) throw new IdempotencyError(`Load ${known.load_id} has the key ${load.key} but other content.`);
    const news = await newsOf(this.channel, rows);
    const last = await lastLoadOf(this.channel);
    if (countNews(news) === 0) return { outcome: 'skipped', loadId: last };
    const loadId = last + 1;
    try {
      this.onPhase('stage');
      await stageLoad(this.channel, loadId, news);
      this.onPhase('verify');
      const staged = await verifyStaged(this.channel, loadId, news);
      this.onPhase('publish');
      await this.channel.insert('loads', [rowOfLoad(loadId, { load, contentHash: rows.contentHash, staged })]);
      return { outcome: 'published', loadId };
    } catch (error) {
      this.dirty = true;
      await this.clean().catch(() => undefined);
      throw error;
    }
  }

  private async clean(): Promise<void> {
    this.onPhase('clean');
    await cleanUnpublished(this.channel);
    this.dirty = false;
  }
}

/** The last published load; 0 is the empty store. */
export async function lastLoadOf(channel: Channel): Promise<LoadId> {
  const [row] = await channel.query(statement('last-load'), lastLoad);
  return row?.load_id ?? 0;
}

/** When the newest published load was made; null where there is none. */
export async function lastLoadAtOf(channel: Channel): Promise<number | null> {
  const [row] = await channel.query(statement('last-load'), lastLoad);
  return row && row.load_id > 0 ? row.at : null;
}

type PublishedLoad = { readonly load: Load; readonly contentHash: string; readonly staged: StagedRows };

function rowOfLoad(loadId: LoadId, { load, contentHash, staged }: PublishedLoad): Row {
  return { load_id: loadId, key: load.key, content_hash: contentHash, at: load.at, ...staged };
}
