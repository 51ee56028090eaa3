import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openStore } from '../../exporter/src/store/open-store';
import type { Load, Store } from '../../exporter/src/store/store';
import { type Backend, withPlace, withStore } from '../support/store-backends';
import { contentsOf } from '../support/store-contents';
import { openFaultyStore } from '../support/store-faults';
import { victimLoads } from '../support/store-victim-loads';

const ROOT = join(__dirname, '../..');
const VICTIM = join(ROOT, 'test/support/store-victim.ts');
/** Node itself reads no TypeScript; the compiler that jest uses does. */
const READ_TYPESCRIPT = `
  const { transformFileSync } = require('@swc/core');
  const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };
  require.extensions['.ts'] = (module, path) => module._compile(transformFileSync(path, options).code, path);
  require(process.argv[1]);
`;

async function publishAll(store: Store, loads: readonly Load[]): Promise<void> {
  for (const load of loads) await store.publish(load);
}

/** Runs the publishing process until it is killed or done; answers its signal and how many loads it acknowledged. */
function runVictim(args: readonly string[]): Promise<{ signal: string | null; done: number; stderr: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['-e', READ_TYPESCRIPT, VICTIM, ...args], { cwd: ROOT });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    child.on('close', (_code, signal) => {
      const done = output.stdout.split('\n').filter((line) => line.startsWith('done ')).length;
      resolve({ signal, done, stderr: output.stderr });
    });
  });
}

/** What a store survives: a failing engine at any call, and death at any moment. */
export function crashContract(backend: Backend): void {
  const loads = victimLoads();
  let undisturbed: unknown;

  beforeAll(async () => {
    await withStore(backend, async (store) => {
      await publishAll(store, loads);
      undisturbed = await contentsOf(store);
    });
  });

  describe('a failing engine', () => {
    // As many loads as one of them makes calls, and one more.
    const many = victimLoads(22);
    let expected: unknown;

    beforeAll(async () => {
      await withStore(backend, async (store) => {
        await publishAll(store, many);
        expected = await contentsOf(store);
      });
    }, 120_000);

    it.each(['before', 'after'] as const)(
      'loses and doubles nothing when any one call of a load fails %s it acts',
      async (when) => {
        await withPlace(backend, async ({ url }) => {
          const failed: string[] = [];
          let [call, failing] = [0, 0];
          const store = await openFaultyStore(url, (name) => {
            call += 1;
            if (call !== failing) return null;
            failed.push(name);
            return when;
          });
          for (const [index, load] of many.entries()) {
            [call, failing] = [0, index + 1];
            await store.publish(load).catch(async () => {
              failing = 0;
              expect([index, index + 1]).toContain(await store.lastLoad());
              await store.publish(load);
            });
            failing = 0;
            expect(await store.lastLoad()).toBe(index + 1);
          }
          expect(failed).toEqual(
            expect.arrayContaining(['find-load', 'reverse-origin-charges', 'staged-net', 'insert into loads']),
          );
          await store.verify();
          expect(await contentsOf(store)).toEqual(expected);
          await store.close();
        });
      },
      600_000,
    );

    it('makes the store refuse to go on while a failed load cannot be cleaned up', async () => {
      await withPlace(backend, async ({ url }) => {
        let broken = true;
        const failing = new Set(['insert into allocated_charges', 'unpublished-loads']);
        const store = await openFaultyStore(url, (name) => (broken && failing.has(name) ? 'before' : null));
        await expect(store.publish(loads[0]!)).rejects.toThrow('injected before insert into allocated_charges');
        await expect(store.publish(loads[1]!)).rejects.toThrow('injected before unpublished-loads');
        broken = false;
        await publishAll(store, loads);
        expect(await contentsOf(store)).toEqual(undisturbed);
        await store.close();
      });
    });
  });

  describe('kill -9', () => {
    it.each([
      ['stage', 0, 0],
      ['stage', 1, 25],
      ['stage', 2, 60],
      ['verify', 1, 0],
      ['verify', 2, 15],
      ['publish', 0, 0],
      ['publish', 2, 2],
      ['publish', 3, 6],
    ])('at %s of load %i, %i ms in, loses and doubles nothing', async (phase, killLoad, delayMs) => {
      await withPlace(backend, async ({ url }) => {
        const { signal, done, stderr } = await runVictim([url, phase, `${killLoad}`, `${delayMs}`]);
        expect({ signal, stderr }).toMatchObject({ signal: 'SIGKILL' });
        const store = await openStore({ url });
        expect(await store.lastLoad()).toBeGreaterThanOrEqual(done);
        await store.verify();
        await publishAll(store, loads);
        expect(await contentsOf(store)).toEqual(undisturbed);
        await store.verify();
        await store.close();
      });
    });

    it('does nothing to a store that nobody kills', async () => {
      await withPlace(backend, async ({ url }) => {
        expect(await runVictim([url, 'never', '0', '0'])).toMatchObject({ signal: null, done: loads.length });
        const store = await openStore({ url });
        expect(await contentsOf(store)).toEqual(undisturbed);
        await store.close();
      });
    });
  });
}
