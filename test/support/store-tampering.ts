import { createClient } from '@clickhouse/client';
import { connect } from '../../exporter/src/store/connect';
import { engineOver } from '../../exporter/src/store/engine';
import type { Place } from './store-backends';

/** Runs one statement behind the store's back; nobody may have the place open. */
export async function behindItsBack({ url }: Place, text: string): Promise<void> {
  if (!url.startsWith('chdb:')) {
    const client = createClient({ url, clickhouse_settings: { mutations_sync: '2' } });
    await client.command({ query: text });
    return client.close();
  }
  const engine = engineOver(await connect(url));
  await engine.writer.command({ name: 'tampering', text });
  await engine.close();
}
