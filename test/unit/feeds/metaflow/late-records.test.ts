import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import fs from 'node:fs/promises';
import { join } from 'node:path';
import type { MetaflowFeed } from '../../../../exporter/src/feeds/metaflow/local-feed';
import { listOwnFolder } from '../../../../exporter/src/feeds/metaflow/local-files';
import { type MadeRun, startOf, writeAt, writeFinishedRun, writeRow, writeSelf } from './made-tree';
import { DAY, feedOf, freshFolder, lineOf, MINUTE, pollAll, removeFolders } from './recording';

afterAll(removeFolders);
afterEach(() => jest.restoreAllMocks());

const made = (run = '1795233779432166'): MadeRun => ({ root: freshFolder(), flow: 'F', run });

const linesAt = async (feed: MetaflowFeed, now: number): Promise<string[]> =>
  (await pollAll(feed, now)).attempts.map(lineOf);

/** Metaflow stopped one task, which is recorded; the other has still to write. */
function writeStoppedRun(run: MadeRun): void {
  const start = startOf(run);
  writeSelf(run);
  writeRow(run, 'train/1', { field: 'attempt', value: '0', at: start });
  writeRow(run, 'train/2', { field: 'ds-type', value: 'local', at: start });
  writeAt(join(run.root, 'F', run.run, 'train/1/0.runtime'), { return_code: 1, killed: true }, start + 10);
}

describe('A record that comes after its run was judged over', () => {
  it('is read within a minute where a task of a failed run had still to write', async () => {
    const run = made();
    const start = startOf(run);
    writeStoppedRun(run);
    const feed = feedOf(run.root);
    expect(await linesAt(feed, start + 20)).toEqual([`F/train/1/0 ${start} ${start + 10} runtime_file killed`]);
    writeRow(run, 'train/2', { field: 'attempt', value: '0', at: start + 5 });
    writeRow(run, 'train/2', { field: 'attempt_ok', value: 'True', at: start + 5000 });
    expect(await linesAt(feed, start + MINUTE)).toContain(
      `F/train/2/0 ${start + 5} ${start + 5000} attempt_ok succeeded`,
    );
    expect(await linesAt(feed, start + 2 * MINUTE)).toEqual([]);
  });

  it('is read where a worker of a gang outlived a run that succeeded', async () => {
    const run = made();
    const start = startOf(run);
    writeFinishedRun(run, 1000);
    writeRow(run, 'train/2_node_1', { field: 'attempt', value: '0', at: start + 5 });
    const feed = feedOf(run.root);
    const line = `F/train/2_node_1/0 ${start + 5}`;
    expect(await linesAt(feed, start + 2000)).toContain(`${line} ${start + 1001} last_record killed`);
    writeRow(run, 'train/2_node_1', { field: 'attempt_ok', value: 'True', at: start + 30_000 });
    expect(await linesAt(feed, start + MINUTE)).toContain(`${line} ${start + 30_000} attempt_ok succeeded`);
  });

  it('is read where it makes a new task of a run that succeeded', async () => {
    const run = made();
    const start = startOf(run);
    writeFinishedRun(run, 1000);
    const feed = feedOf(run.root);
    await pollAll(feed, start + 2000);
    writeRow(run, 'end/9', { field: 'attempt', value: '0', at: start + 900 });
    expect(await linesAt(feed, start + MINUTE)).toHaveLength(2);
  });

  it('is read after a restart, even if the exporter was down for days', async () => {
    const run = made();
    const start = startOf(run);
    writeStoppedRun(run);
    const { runs } = await pollAll(feedOf(run.root), start + 20);
    writeRow(run, 'train/2', { field: 'attempt', value: '0', at: start + 5 });
    const restarted = feedOf(run.root);
    expect((await pollAll(restarted, start + 5 * DAY, runs)).attempts).toHaveLength(2);
  });

  it('costs one look below each run older than a day, and none where newer runs were stored', async () => {
    const old = made();
    writeStoppedRun(old);
    const late = { ...old, run: String(BigInt(old.run) + BigInt(3 * DAY) * 1000n) };
    writeStoppedRun(late);
    const now = startOf(late) + 2 * DAY;
    const listed = jest.spyOn(fs, 'readdir');
    const steps = (): string[] =>
      listed.mock.calls.map(([path]) => String(path)).filter((path) => path.endsWith('train'));
    const first = feedOf(old.root);
    const { runs } = await pollAll(first, now);
    listed.mockClear();
    await pollAll(first, now + MINUTE);
    expect(steps()).toEqual([]);
    const restarted = feedOf(old.root);
    expect((await pollAll(restarted, now + 2 * MINUTE, runs)).runs).toEqual([]);
    expect(steps()).toEqual([join(late.root, 'F', late.run, 'train')]);
    listed.mockClear();
    expect((await pollAll(restarted, now + 3 * MINUTE)).runs).toEqual([]);
    expect(steps()).toEqual([]);
  });
});

describe('A folder replaced by a link after it was found', () => {
  it.each(['F/1795233779432166', 'F'])('is not followed: %s', async (moved) => {
    const run = made();
    const outside = freshFolder();
    writeSelf(run);
    writeRow(run, 'train/1', { field: 'attempt', value: '0', at: startOf(run) });
    const feed = feedOf(run.root);
    await pollAll(feed, startOf(run) + 1);
    renameSync(join(run.root, moved), join(outside, 'moved'));
    const target = {
      ...run,
      root: outside,
      flow: moved === 'F' ? 'moved' : '.',
      run: moved === 'F' ? run.run : 'moved',
    };
    writeRow(target, 'stolen/7', { field: 'attempt', value: '0', at: startOf(run) + 1 });
    symlinkSync(join(outside, 'moved'), join(run.root, moved));
    const { attempts, issues } = await pollAll(feed, startOf(run) + MINUTE);
    expect(attempts.map(({ key }) => key.step)).toEqual(['train']);
    expect(issues).toContainEqual(expect.objectContaining({ code: 'unreadable_file', file: `F/${run.run}` }));
  });

  it('is not followed where it is a step', async () => {
    const run = made();
    const outside = freshFolder();
    mkdirSync(join(outside, 'step/7'), { recursive: true });
    symlinkSync(join(outside, 'step'), join(run.root, 'step'));
    expect(await listOwnFolder(join(run.root, 'step'))).toMatchObject({ problem: 'missing' });
    expect(await listOwnFolder(join(outside, 'step'))).toMatchObject({ folders: ['7'] });
  });
});
