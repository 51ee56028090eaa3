import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulatedWorld } from '../../../exporter/src/cli/simulate';
import { openFolder } from '../../../exporter/src/replay/folder-source';
import { parseManifest } from '../../../exporter/src/replay/manifest';
import { movedInstants, rebasedSource } from '../../../exporter/src/replay/rebase';
import { serviceAnswer } from '../../../exporter/src/replay/service-answers';
import { worldSource } from '../../../exporter/src/replay/world-source';
import { writeFolder } from '../../../exporter/src/replay/write-folder';
import { readExpected } from '../../../exporter/src/simulation/expected-costs';
import { HOUR_MS } from '../../../exporter/src/units/interval';

const START = Date.UTC(2026, 0, 5);
const size = { seed: 7, nodes: 6, start: START, hours: 1 };
const writing = { seed: 7, start: START, end: START + HOUR_MS, intervalMs: 300_000, onProgress: (): void => undefined };

describe('A replay folder', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'flowledger-folder-'));
  const folder = join(scratch, 'one');
  const world = simulatedWorld(size);
  beforeAll(() => writeFolder(folder, { ...writing, world }));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  it('is written the same for the same seed, file by file', async () => {
    const again = join(scratch, 'two');
    await writeFolder(again, { ...writing, world: simulatedWorld(size) });
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThan(80);
    const textOf = (root: string, entry: (typeof files)[number]): string =>
      readFileSync(join(entry.parentPath, entry.name).replace(folder, root), 'utf8');
    expect(files.filter((entry) => textOf(folder, entry) !== textOf(again, entry)).map(({ name }) => name)).toEqual([]);
    expect(readdirSync(again, { recursive: true })).toHaveLength(readdirSync(folder, { recursive: true }).length);
  });

  it('says at each tick what the world said then, and between two ticks what it said last', async () => {
    const { source, manifest } = await openFolder(folder);
    const live = worldSource(world);
    expect(manifest.targets).toEqual(live.targets(START + HOUR_MS));
    for (const target of manifest.targets) {
      for (let at = START; at <= START + HOUR_MS; at += writing.intervalMs) {
        const then = await live.scrape(target, at);
        expect(await source.scrape(target, at)).toBe(then);
        expect(await source.scrape(target, at + 299_999)).toBe(then);
      }
    }
    expect(await source.scrape('ksm', START - 1)).toBeNull();
  });

  it('gives the services the rows of the world', async () => {
    const { source } = await openFolder(folder);
    const live = worldSource(world);
    const at = START + HOUR_MS + 600_000;
    const { runs } = live.metaflow(at);
    expect(runs.length).toBeGreaterThan(3);
    for (const { row } of runs) {
      const asked = { path: `/flows/${row.flow_id}/runs/${row.run_number}/metadata`, query: new URLSearchParams() };
      expect(serviceAnswer(source.metaflow(at), asked, at)).toEqual(serviceAnswer(live.metaflow(at), asked, at));
    }
  });

  it('names a sum and every attempt in its expected costs', () => {
    const { rows, total } = readExpected(readFileSync(join(folder, 'expected.tsv'), 'utf8'));
    const attempts = world.planAt(START + HOUR_MS).runs.flatMap((run) => run.tasks.flatMap((task) => task.attempts));
    expect(rows.filter(({ flow }) => flow !== '')).toHaveLength(attempts.length);
    expect(rows.filter(({ flow }) => flow === '')).toHaveLength(1);
    // Three A100 nodes on demand and one that takes no work, 21.957642 $/h each, and what two spot nodes cost.
    expect(Number(total)).toBeGreaterThan(4 * 21.957642);
  });

  it('moves all its times together', async () => {
    const { source } = await openFolder(folder);
    const shiftMs = 7777 * HOUR_MS;
    const moved = rebasedSource(source, shiftMs);
    const at = START + 1_800_000;
    const [before, after] = [await source.scrape('ksm', at), await moved.scrape('ksm', at + shiftMs)];
    const startsIn = (text: string): [string, number][] =>
      [...text.matchAll(/^kube_pod_start_time\{.*uid="([^"]*)"\} (\S+)$/gm)].map(([, uid, value]) => [
        uid!,
        Number(value),
      ]);
    expect(startsIn(after!)).toEqual(startsIn(before!).map(([uid, seconds]) => [uid, seconds + shiftMs / 1000]));
    expect(startsIn(before!).length).toBeGreaterThan(5);
    const rows = (history: ReturnType<typeof source.metaflow>): number[] =>
      history.runs.flatMap(({ row, metadata }) => [row.ts_epoch, ...metadata.map(({ ts_epoch }) => ts_epoch)]);
    expect(rows(moved.metaflow(at + shiftMs))).toEqual(rows(source.metaflow(at)).map((time) => time + shiftMs));
    expect(rebasedSource(source, 0)).toBe(source);
  });

  it('leaves a target that did not answer unanswered', async () => {
    const small = join(scratch, 'small');
    await mkdir(join(small, 'scrapes', 'node-1'), { recursive: true });
    const manifest = {
      start: '2026-01-05T00:00:00Z',
      end: '2026-01-05T01:00:00Z',
      deployment: 'd',
      targets: ['node-1'],
    };
    writeFileSync(join(small, 'manifest.json'), JSON.stringify({ ...manifest, generated: false }));
    for (const [name, text] of [
      ['0.prom', 'a'],
      ['60000.down', ''],
      ['90000.prom', 'b'],
      ['notes.txt', ''],
    ] as const) {
      writeFileSync(join(small, 'scrapes', 'node-1', name), text);
    }
    const { source } = await openFolder(small);
    const at = [0, 59_999, 60_000, 89_999, 90_000, 9_000_000].map((offset) => source.scrape('node-1', START + offset));
    expect(await Promise.all(at)).toEqual(['a', 'a', null, null, 'b', 'b']);
    expect(source.metaflow(START).runs).toEqual([]);
  });

  test.each([
    ['{"start": "2026-01-05T00:00:00Z"}', 'end: '],
    [
      '{"start": "2026-01-05T00:00:00Z", "end": "then", "deployment": "d", "targets": ["../up"], "generated": true}',
      'targets.0: ',
    ],
  ])('refuses the manifest %s', (text, message) => {
    expect(() => parseManifest(text)).toThrow(message);
  });

  test.each([
    ['from: 2026-01-05T00:00:00Z', 'from: 2026-01-05T01:00:00Z'],
    ['at 2026-01-31T23:30:00.250Z.', 'at 2026-02-01T00:30:00.250Z.'],
    ['in version 2026-01-05 nothing moves', 'in version 2026-01-05 nothing moves'],
  ])('moves an instant in a text: %s', (text, moved) => expect(movedInstants(text, HOUR_MS)).toBe(moved));
});
