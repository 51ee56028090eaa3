import { connect } from '../../exporter/src/store/connect';
import { type Channel, type Engine, engineOver } from '../../exporter/src/store/engine';
import { shippedMigrations } from '../../exporter/src/store/migrate';
import { openStoreOver } from '../../exporter/src/store/open-store';
import type { Store } from '../../exporter/src/store/store';

/** Decides, for each call of the writing connection, whether it fails; `after` lets it act first. */
export type Fault = (name: string) => 'before' | 'after' | null;

/** Opens a store whose writing connection, once the store is open, fails where `fault` says so. */
export async function openFaultyStore(url: string, fault: Fault): Promise<Store> {
  const engine = engineOver(await connect(url));
  const state = { armed: false };
  const writer = faulty(engine.writer, (name) => (state.armed ? fault(name) : null));
  const store = await openStoreOver({
    engine: withWriter(engine, writer),
    migrations: shippedMigrations(),
    onPhase: () => undefined,
  });
  state.armed = true;
  return store;
}

const withWriter = (engine: Engine, writer: Channel): Engine => ({
  writer,
  reader: () => engine.reader(),
  close: () => engine.close(),
});

function faulty(channel: Channel, fault: Fault): Channel {
  const act = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    const when = fault(name);
    if (when === 'before') throw new Error(`injected before ${name}`);
    const answer = await call();
    if (when === 'after') throw new Error(`injected after ${name}`);
    return answer;
  };
  return {
    query: (statement, rows, params) => act(statement.name, () => channel.query(statement, rows, params)),
    command: (statement, params) => act(statement.name, () => channel.command(statement, params)),
    insert: (table, rows) => act(`insert into ${table}`, () => channel.insert(table, rows)),
  };
}
