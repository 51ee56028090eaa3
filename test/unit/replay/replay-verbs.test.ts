import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Command } from 'commander';
import { registerDemo } from '../../../exporter/src/cli/demo';
import type { ExporterRun } from '../../../exporter/src/cli/exporter-run';
import type { Io } from '../../../exporter/src/cli/io';
import { registerReplay } from '../../../exporter/src/cli/replay';
import { registerSimulate } from '../../../exporter/src/cli/simulate';
import type { PublishedState } from '../../../exporter/src/facts/published';
import { readExposition } from '../../support/small-exposition-parser';

const NOW = Date.UTC(2026, 10, 21, 9, 17, 31, 250);

/** Calls one verb; what stands in the exporter's place is `runExporter`. */
async function call(
  words: readonly string[],
  {
    runExporter = async () => undefined,
    env = {},
    stdout,
  }: { runExporter?: (run: ExporterRun) => Promise<void>; env?: Io['env']; stdout?: Io['stdout'] } = {},
): Promise<{ out: string; err: string; code: number }> {
  const said = { out: '', err: '', code: 0 };
  const io: Io = {
    stdout: stdout ?? { write: (text) => (said.out += text) },
    stderr: { write: (text) => (said.err += text) },
    clock: { now: () => NOW, speed: 1 },
    env,
    folder: scratch,
    exit: (code) => (said.code = code),
  };
  const program = new Command('flowledger').exitOverride().configureOutput({ writeErr: (text) => (said.err += text) });
  registerSimulate(program, io);
  registerReplay(program, io, runExporter);
  registerDemo(program, io, runExporter);
  await program.parseAsync(['node', 'flowledger', ...words]);
  return said;
}

const scratch = mkdtempSync(join(tmpdir(), 'flowledger-verbs-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const SIMULATE = ['simulate', '--seed', '3', '--nodes', '2', '--hours', '1', '--interval', '10m', '--out'];

describe('flowledger simulate', () => {
  it('writes a folder and says what to do with it', async () => {
    const { out, err, code } = await call([...SIMULATE, 'two-nodes']);
    expect({ err, code }).toEqual({ err: '', code: 0 });
    expect(out).toContain('1 generated hour(s) of 2 node(s)');
    expect(out).toContain('Next: flowledger replay two-nodes');
  });

  test.each([
    [['--nodes', '0'], '--nodes 0 is not a whole number from 1 to 200'],
    [['--interval', '10'], '--interval 10 is not a duration'],
    [['--start', '2026-01-05T00:30:00Z'], 'is not a whole hour'],
    [['--seed', 'x'], '--seed x is not a whole number'],
  ])('refuses %j', async (words, message) => {
    const { err, code } = await call([...SIMULATE, 'never', ...words]);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });

  it('never writes into a folder that holds something', async () => {
    await call([...SIMULATE, 'taken']);
    const { err, code } = await call([...SIMULATE, 'taken']);
    expect(err).toContain('is not empty');
    expect(code).toBe(2);
  });
});

describe('flowledger replay', () => {
  beforeAll(() => call([...SIMULATE, 'recorded']));

  it('runs the exporter on the folder’s feeds, moved to now by whole hours, with a store of its own', async () => {
    let seen: ExporterRun | null = null;
    let names: string[] = [];
    const runExporter = async (run: ExporterRun): Promise<void> => {
      seen = run;
      const { source } = run.mode.config.feeds.kubernetes[0]!.scrape;
      const [target] = source.kind === 'static' ? source.targets : [];
      const { samples } = readExposition(await (await fetch(target!.url)).text());
      names = samples.filter(({ name }) => name === 'kube_node_created').map(({ labels }) => labels['node']!);
    };
    const { err } = await call(['replay', 'recorded', '--listen', '127.0.0.1:0'], { runExporter });
    expect(err).toBe('');
    const { mode, io } = seen as unknown as ExporterRun;
    expect(io.clock.now()).toBe(NOW);
    expect(mode.config.hosts.map(({ name, from }) => [name, from])).toEqual(
      names.map((name) => [name, Date.UTC(2026, 10, 21, 9)]),
    );
    expect(mode.config.server.listen.port).toBe(0);
    expect(mode.config.store.url).toMatch(/^chdb:.*flowledger-replay-/);
    expect(mode.example).toContain('GENERATED');
    expect(mode.rebaseMs % 3_600_000).toBe(0);
    await mode.tidy();
  });

  it('goes on until everything is closed; costs that are not as expected are exit code 3', async () => {
    let stopped = false;
    const runExporter = async ({ mode, io, stopping, onCycle }: ExporterRun): Promise<void> => {
      const address = 'http://127.0.0.1:9';
      const cycle = (completeUntil: number | null): Promise<void> =>
        onCycle!({ state: { completeUntil } as PublishedState, address, now: io.clock.now(), isIntroduced: true });
      await cycle(null);
      await cycle(Date.UTC(2026, 0, 5, 1) - 1);
      expect(stopping.aborted).toBe(false);
      const real = globalThis.fetch;
      globalThis.fetch = async (url) => {
        const isRun = (url as URL).pathname.includes('/runs/');
        return new Response(JSON.stringify(isRun ? { steps: [] } : { items: [], nextCursor: null }));
      };
      await cycle(Date.UTC(2026, 0, 5, 1)).finally(() => (globalThis.fetch = real));
      stopped = stopping.aborted;
      await mode.tidy();
    };
    const env = { FLOWLEDGER_CLOCK: '2026-01-05T00:00:00Z@1' };
    const { out, err, code } = await call(['replay', 'recorded', '--until-closed'], { runExporter, env });
    expect(err).toBe('');
    expect(stopped).toBe(true);
    expect(out).toMatch(/^DIFFERS \w+Flow\/1\/start\/\d+ #0: expected 0\.\d+, the exporter says nothing$/m);
    expect(out).toMatch(/^DIFFERS idle: expected \d+(\.\d+)?, the exporter says 0$/m);
    expect(code).toBe(3);
  });

  it('names --listen where it is no address', async () => {
    const { err, code } = await call(['replay', 'recorded', '--listen', 'foo']);
    expect(err).toContain('--listen foo is not host:port');
    expect(code).toBe(2);
  });

  it('names what is missing', async () => {
    const { err, code } = await call(['replay', 'nowhere']);
    expect(err).toContain('nowhere holds no manifest.json');
    expect(code).toBe(2);
  });
});

describe('flowledger demo', () => {
  test.each([
    [['--seed', 'abc'], '--seed abc is not a whole number'],
    [['--seed', '-1.5'], '--seed -1.5 is not a whole number'],
    [['--listen', 'foo'], '--listen foo is not host:port'],
  ])('refuses %j and leaves nothing behind', async (words, message) => {
    const { err, code } = await call(['demo', ...words], { runExporter: () => Promise.reject(new Error('began')) });
    expect(err).toContain(message);
    expect(err).not.toContain('began');
    expect(code).toBe(2);
  });

  it('ends quietly, and takes its folder away, once nobody reads what it says', async () => {
    const closed = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    let folder = '';
    const runExporter = async ({ mode, io, stopping }: ExporterRun): Promise<void> => {
      folder = (mode.config.feeds.metaflow[0] as unknown as { path: string }).path;
      expect([existsSync(folder), readdirSync(folder).length > 0]).toEqual([true, true]);
      const stopped = new Promise((resolve) => stopping.addEventListener('abort', resolve));
      io.stdout.write('a line that nobody reads\n');
      await stopped;
      await mode.tidy();
    };
    const { err, code } = await call(['demo'], { runExporter, stdout: closed });
    expect({ err, code, isThere: existsSync(folder) }).toEqual({ err: '', code: 0, isThere: false });
  });

  it('runs the exporter on recorded and on generated data, and says which is which and where to look', async () => {
    let seen: ExporterRun | null = null;
    let runs: any = null;
    const runExporter = async (run: ExporterRun): Promise<void> => {
      seen = run;
      const ui = run.mode.config.feeds.metaflow.find(({ type }) => type === 'ui') as unknown as { url: string };
      runs = await (await fetch(`${ui.url}/runs?_limit=1000&status=running`)).json();
      for (const now of [NOW, NOW + 5000]) {
        await run.onCycle!({ state: {} as PublishedState, address: 'http://127.0.0.1:9715', now, isIntroduced: true });
      }
    };
    const { out, err } = await call(['demo'], { runExporter });
    expect(err).toBe('');
    const { mode } = seen as unknown as ExporterRun;
    const { feeds, hosts, budgets } = mode.config;
    expect(feeds.metaflow.map(({ type, deployment }) => [type, deployment])).toEqual([
      ['local', 'example'],
      ['ui', 'generated'],
    ]);
    const { source } = feeds.dcgm[0]!.scrape;
    expect(source.kind === 'static' && source.targets).toHaveLength(8);
    expect(hosts.length).toBeGreaterThan(9);
    expect(
      hosts
        .filter(({ name }) => name !== 'example-gpu-1')
        .every(({ from, billingResourceId }) => from && billingResourceId),
    ).toBe(true);
    expect(budgets).toHaveLength(3);
    expect(mode.example).toMatch(/EXAMPLE data.*GENERATED/);
    const runaway = /the runaway run: (\w+)\/(\d+), for \d+ h now; it runs away/.exec(out);
    expect(runs.data.map((row: any) => `${row.flow_id}/${row.run}`)).toContain(`${runaway?.[1]}/${runaway?.[2]}`);
    expect(out).toContain('8 nodes, 64 GPUs');
    expect(out.match(/Look at:/g)).toHaveLength(1);
    await mode.tidy();
  });
});
