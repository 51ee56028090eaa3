import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { openStore } from '../../exporter/src/store/open-store';
import type { Store } from '../../exporter/src/store/store';

/** Where one test keeps its store. */
export type Place = { readonly url: string; remove(): Promise<void> };

/** An engine that the contract is run against; every test gets a place of its own. */
export type Backend = { readonly name: string; newPlace(): Promise<Place> };

/** The embedded engine in a temporary directory. */
export const embedded: Backend = {
  name: 'chdb',
  newPlace() {
    const path = mkdtempSync(join(tmpdir(), 'flowledger-store-'));
    const remove = (): Promise<void> => Promise.resolve(rmSync(path, { recursive: true, force: true }));
    return Promise.resolve({ url: `chdb:${path}`, remove });
  },
};

/** A ClickHouse server; each place is a database of its own, dropped afterwards. */
export function server(url: string): Backend {
  let places = 0;
  return {
    name: 'server',
    async newPlace() {
      const name = `flowledger_test_${process.pid}_${(places += 1)}`;
      const client = createClient({ url });
      await client.command({ query: `CREATE DATABASE ${name}` });
      return {
        url: new URL(name, url.endsWith('/') ? url : `${url}/`).href,
        async remove() {
          await client.command({ query: `DROP DATABASE ${name}` });
          await client.close();
        },
      };
    },
  };
}

/** Opens a fresh store for one test and removes it afterwards. */
export async function withStore(backend: Backend, test: (store: Store, place: Place) => Promise<void>): Promise<void> {
  await withPlace(backend, async (place) => {
    const store = await openStore({ url: place.url });
    try {
      await test(store, place);
    } finally {
      await store.close();
    }
  });
}

/** Makes a place for one test, which opens the store itself, and removes it afterwards. */
export async function withPlace(backend: Backend, test: (place: Place) => Promise<void>): Promise<void> {
  const place = await backend.newPlace();
  try {
    await test(place);
  } finally {
    await place.remove();
  }
}
