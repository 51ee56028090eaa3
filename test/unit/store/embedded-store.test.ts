import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openStore } from '../../../exporter/src/store/open-store';
import { StoreLockedError, StoreOpenError } from '../../../exporter/src/store/errors';
import { IntegrityError } from '../../../exporter/src/store/store';
import { victimLoads } from '../../support/store-victim-loads';

const run = promisify(execFile);
let path: string;
let url: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'flowledger-embedded-'));
  url = `chdb:${join(path, 'made', 'on demand')}`;
});

afterEach(() => rmSync(path, { recursive: true, force: true }));

async function fill(): Promise<void> {
  const store = await openStore({ url });
  for (const load of victimLoads()) await store.publish(load);
  await store.close();
}

/** The biggest data file of each part of a table. */
function dataFiles(table: string): string[] {
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('data.bin'));
  const columns = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith(`${table}.bin`),
  );
  return [...files, ...columns].map((file) => join(path, file));
}

describe('the embedded store', () => {
  it('opens again where it was closed, and says which process has it open meanwhile', async () => {
    await fill();
    const store = await openStore({ url });
    expect(await store.lastLoad()).toBe(victimLoads().length);
    await expect(openStore({ url })).rejects.toThrow(StoreLockedError);
    const other = `
      const { createChdbConnection } = require('chdb/connection');
      createChdbConnection({ path: process.argv[1] });`;
    await expect(run(process.execPath, ['-e', other, url.slice(5)])).rejects.toThrow(/Cannot lock file/);
    await store.close();
    await store.close();
    await (await openStore({ url })).close();
  });

  it('names the process that holds the lock', async () => {
    const holder = `
      const { createChdbConnection } = require('chdb/connection');
      globalThis.held = createChdbConnection({ path: process.argv[1] });
      console.log('held');
      setInterval(() => undefined, 1000);`;
    const child = execFile(process.execPath, ['-e', holder, url.slice(5)]);
    try {
      await new Promise((resolve) => child.stdout!.once('data', resolve));
      const refused = openStore({ url });
      await expect(refused).rejects.toThrow(StoreLockedError);
      await expect(refused).rejects.toThrow(`is in use by process ${child.pid}. Stop that process`);
    } finally {
      child.kill('SIGKILL');
    }
  });

  it('refuses addresses that are no store', async () => {
    await expect(openStore({ url: 'postgres://db' })).rejects.toThrow(StoreOpenError);
    await expect(openStore({ url: 'chdb:' })).rejects.toThrow(/chdb:<path> or http/);
    writeFileSync(join(path, 'file'), '');
    await expect(openStore({ url: `chdb:${join(path, 'file')}` })).rejects.toThrow(/cannot be made or written to/);
  });

  it('says how to install chdb where it is absent', async () => {
    await jest.isolateModulesAsync(async () => {
      jest.doMock('chdb/connection', () => {
        throw new Error("Cannot find module 'chdb/connection'");
      });
      const { openStore: open } = await import('../../../exporter/src/store/open-store');
      await expect(open({ url })).rejects.toThrow(/npm install chdb.*ClickHouse server/);
      jest.dontMock('chdb/connection');
    });
  });

  it('notices a truncated part, while it is open and when it is opened', async () => {
    await fill();
    const store = await openStore({ url });
    for (const file of dataFiles('allocated_charges')) truncateSync(file, 20);
    await expect(store.verify()).rejects.toThrow(IntegrityError);
    await store.close();
    await expect(openStore({ url })).rejects.toThrow(IntegrityError);
  });
});
