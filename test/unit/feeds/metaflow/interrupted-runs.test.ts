import fs from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type MadeRun, startOf, writeAt, writeRow, writeSelf } from './made-tree';
import { DAY, feedOf, freshFolder, lineOf, MINUTE, pollAll, removeFolders } from './recording';

afterAll(removeFolders);
afterEach(() => jest.restoreAllMocks());

const text = (value: string): Buffer => Buffer.concat([Buffer.from([0x8c, value.length]), Buffer.from(value)]);
const code = (...bytes: number[]): Buffer => Buffer.from(bytes);

/** `{steps: {train: {decorators: [{name, attributes: {times: 3, minutes_between_retries: 0}} …]}}}` as a pickle. */
function graphPickle(decorators: readonly string[]): Buffer {
  const attributes = [
    code(0x7d),
    text('times'),
    code(0x4b, 3, 0x73),
    text('minutes_between_retries'),
    code(0x4b, 0, 0x73),
  ];
  const entries = decorators.flatMap((name) => [
    ...[code(0x7d), text('name'), text(name), code(0x73), text('attributes')],
    ...(name === 'retry' ? attributes : [code(0x7d)]),
    code(0x73, 0x61),
  ]);
  const train = [code(0x7d), text('decorators'), code(0x5d), ...entries, code(0x73)];
  const steps = [code(0x7d), text('train'), ...train, code(0x73)];
  return Buffer.concat([code(0x80, 4, 0x7d), text('steps'), ...steps, code(0x73, 0x2e)]);
}

const dataOf = ({ root, flow, run }: MadeRun): string => join(root, flow, run, '_parameters/0/0.data.json');

function writeGraph(run: MadeRun, decorators: readonly string[]): string {
  const bytes = graphPickle(decorators);
  const sha = createHash('sha1').update(bytes).digest('hex');
  const path = join(run.root, run.flow, 'data', sha.slice(0, 2), sha);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, gzipSync(bytes));
  const data = JSON.stringify({ objects: { _graph_info: sha } });
  writeAt(dataOf(run), data, startOf(run));
  return data;
}

function retriedRun(decorators = ['retry']): MadeRun & { start: number } {
  const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
  const start = startOf(run);
  writeSelf(run);
  writeGraph(run, decorators);
  writeRow(run, 'train/1', { field: 'attempt', value: '0', at: start });
  writeRow(run, 'train/1', { field: 'attempt_ok', value: 'False', at: start + 1000 });
  return { ...run, start };
}

const outcomesAt = async (run: MadeRun, now: number): Promise<string[]> =>
  (await pollAll(feedOf(run.root), now)).runs.map(({ outcome, endedAt }) => `${outcome} ${endedAt}`);

describe('A run with @retry that was interrupted', () => {
  it('is killed at once where the runtime says that it stopped the failed attempt', async () => {
    const run = retriedRun();
    writeAt(join(run.root, 'F', run.run, 'train/1/0.runtime'), { return_code: 1, killed: true }, run.start + 1100);
    expect(await outcomesAt(run, run.start + 1200)).toEqual([`killed ${run.start + 1000}`]);
  });

  it('is failed when no retry has begun for a minute', async () => {
    const run = retriedRun();
    expect(await outcomesAt(run, run.start + 60_999)).toEqual(['running null']);
    expect(await outcomesAt(run, run.start + 61_000)).toEqual([`failed ${run.start + 1000}`]);
  });

  it('is open while anything else of it is', async () => {
    const run = retriedRun();
    writeRow(run, 'train/2', { field: 'attempt', value: '0', at: run.start });
    expect(await outcomesAt(run, run.start + 10 * MINUTE)).toEqual(['running null']);
  });

  it('is open where its retry may be waiting for a machine', async () => {
    const run = retriedRun(['retry', 'kubernetes']);
    expect(await outcomesAt(run, run.start + 10 * MINUTE)).toEqual(['running null']);
  });

  it('is open again when the retry comes late after all', async () => {
    const run = retriedRun();
    const feed = feedOf(run.root);
    expect((await pollAll(feed, run.start + 2 * MINUTE)).runs).toMatchObject([{ outcome: 'failed' }]);
    const late = run.start + 2 * MINUTE;
    writeRow(run, 'train/1', { field: 'attempt', value: '1', at: late, attempt: 1 });
    const { runs, attempts } = await pollAll(feed, run.start + 3 * MINUTE);
    expect(runs).toMatchObject([{ outcome: 'running' }]);
    expect(attempts.map(lineOf)).toContain(`F/train/1/1 ${late} open open running`);
  });
});

describe('A half-written data.json of _parameters', () => {
  it('is read again in the next poll', async () => {
    const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
    const start = startOf(run);
    writeSelf(run);
    writeRow(run, 'train/1', { field: 'attempt', value: '0', at: start });
    const data = writeGraph(run, ['retry']);
    writeAt(dataOf(run), data.slice(0, 20), start);
    const feed = feedOf(run.root);
    expect((await pollAll(feed, start + 1)).attempts).toMatchObject([{ held: null }]);
    writeAt(dataOf(run), data, start);
    expect((await pollAll(feed, start + 2)).attempts).toMatchObject([{ held: { source: 'graph_info' } }]);
  });
});

describe('A run folder that may not be listed', () => {
  const refuse = (path: string): void => {
    const real = fs.readdir as (...args: unknown[]) => Promise<unknown>;
    jest
      .spyOn(fs, 'readdir')
      .mockImplementation(((...args: unknown[]) =>
        args[0] === path
          ? Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }))
          : real(...args)) as never);
  };

  it('is an issue, told once, and its last files speak until silence closes the run', async () => {
    const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
    const start = startOf(run);
    writeSelf(run);
    writeRow(run, 'train/1', { field: 'attempt', value: '0', at: start });
    const feed = feedOf(run.root);
    await pollAll(feed, start + 1);
    refuse(join(run.root, 'F', run.run));
    const refused = await pollAll(feed, start + 2);
    expect(refused.issues).toContainEqual(expect.objectContaining({ code: 'unreadable_file', file: `F/${run.run}` }));
    expect(refused.attempts.map(lineOf)).toEqual([`F/train/1/0 ${start} open open running`]);
    expect((await pollAll(feed, start + 3)).issues).toEqual([]);
    expect((await pollAll(feed, start + DAY)).attempts.map(lineOf)).toEqual([
      `F/train/1/0 ${start} ${start} last_record lost`,
    ]);
    expect((await pollAll(feed, start + DAY + MINUTE)).runs).toEqual([]);
    jest.restoreAllMocks();
    writeRow(run, 'train/1', { field: 'attempt_ok', value: 'True', at: start + 500 });
    expect((await pollAll(feed, start + DAY + 2 * MINUTE)).attempts.map(lineOf)).toEqual([
      `F/train/1/0 ${start} ${start + 500} attempt_ok succeeded`,
    ]);
  });

  it('is an issue where nothing of the run was ever read', async () => {
    const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
    writeSelf(run);
    refuse(join(run.root, 'F', run.run));
    const { runs, issues } = await pollAll(feedOf(run.root), startOf(run) + 1);
    expect(runs).toEqual([]);
    expect(issues).toMatchObject([{ code: 'unreadable_file', file: `F/${run.run}` }]);
  });
});
