import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as reader from '../../../../exporter/src/feeds/metaflow/parse-run';
import { PickleBytes } from '../../../../exporter/src/feeds/metaflow/pickle-bytes';
import { told } from './damage';
import { type MadeRun, startOf, writeAt, writeFinishedRun, writeRow, writeSelf } from './made-tree';
import { AFTER, DAY, feedOf, freshFolder, lineOf, MINUTE, pollAll, removeFolders } from './recording';

jest.mock('../../../../exporter/src/feeds/metaflow/parse-run', () => {
  const real = jest.requireActual<typeof reader>('../../../../exporter/src/feeds/metaflow/parse-run');
  return { ...real, parseRun: jest.fn(real.parseRun) };
});

afterAll(removeFolders);
afterEach(() => jest.restoreAllMocks());

const RUN = '1795233779432166';
const made = (run = RUN): MadeRun => ({ root: freshFolder(), flow: 'F', run });
const selfOf = ({ root, flow, run }: MadeRun): string => join(root, flow, run, '_meta/_self.json');
const rowsOf = ({ root, flow, run }: MadeRun, name: string): string => join(root, flow, run, name);

describe('A value that nobody would write', () => {
  it.each([
    ['tags nested 200,000 deep', `{"tags": ${'['.repeat(200_000)}${']'.repeat(200_000)}, "system_tags": []}`],
    ['a time at the end of all numbers', '{"tags": [], "system_tags": [], "ts_epoch": 9007199254740991}'],
    ['a time before all time', '{"tags": [], "system_tags": [], "ts_epoch": -9007199254740991}'],
  ])('costs its own run nothing but an issue, and the others nothing: %s', async (_name, self) => {
    const run = made();
    writeFinishedRun(run, 1000);
    const other = { ...run, run: '1795233779999999' };
    writeFinishedRun(other, 1000);
    writeAt(selfOf(run), self, startOf(run));
    const { runs, issues } = await pollAll(feedOf(run.root), AFTER);
    expect(runs.map(({ key, outcome }) => `${key.run} ${outcome}`).sort()).toEqual([
      `${RUN} succeeded`,
      `${other.run} succeeded`,
    ]);
    expect(issues.filter(({ file }) => file === `F/${RUN}/_meta/_self.json`)).toMatchObject([{ code: 'bad_value' }]);
    for (const { startedAt } of runs) expect(new Date(startedAt).getUTCFullYear()).toBe(2026);
  });

  it.each(['9007199254740991', '-9007199254740991'])('starts no run whose id is no time at %s', async (at) => {
    const run = made('argo-1');
    writeAt(selfOf(run), `{"tags": [], "system_tags": [], "ts_epoch": ${at}}`, AFTER);
    const { runs, issues } = await pollAll(feedOf(run.root), AFTER);
    expect(runs).toEqual([]);
    expect(issues.map(told)).toEqual([`bad_value F/argo-1/_meta/_self.json ts_epoch ${at}`]);
  });

  it('is no sign of life where it is the time of a file', async () => {
    const run = made();
    writeRow(run, 'train/1', { field: 'attempt', value: '0', at: startOf(run) });
    writeSelf(run);
    writeAt(rowsOf(run, 'train/1/0.task_begin'), '{}', Date.UTC(2300, 0, 1));
    writeAt(rowsOf(run, 'train/1/_meta/sysmeta_x_999999999999999.json'), '{}', startOf(run));
    const { issues, newest } = await pollAll(feedOf(run.root), startOf(run) + 1);
    expect(newest).toBe(startOf(run));
    expect(issues).toContainEqual(expect.objectContaining({ code: 'bad_value', field: 'file time', count: 2 }));
  });

  it('is an issue of its run alone where the reader itself fails, and an open run is closed by silence', async () => {
    const run = made();
    const start = startOf(run);
    writeSelf(run);
    writeRow(run, 'train/1', { field: 'attempt', value: '0', at: start });
    const other = { ...run, run: '1795233779999999' };
    writeSelf(other);
    writeRow(other, 'train/1', { field: 'attempt', value: '0', at: startOf(other) });
    const feed = feedOf(run.root);
    await pollAll(feed, start + 1000);
    const parseRun = jest.mocked(reader.parseRun);
    const real = parseRun.getMockImplementation()!;
    let broken = true;
    parseRun.mockImplementation((files, context) => {
      if (files.run !== RUN || !broken) return real(files, context);
      broken = false;
      throw new RangeError('Maximum call stack size exceeded');
    });
    const poll = await pollAll(feed, start + DAY);
    expect(poll.runs.map(({ key, outcome }) => `${key.run} ${outcome}`).sort()).toEqual([
      `${RUN} lost`,
      `${other.run} running`,
    ]);
    expect(poll.issues).toContainEqual(
      expect.objectContaining({ code: 'bad_value', file: `F/${RUN}`, value: 'Maximum call stack size exceeded' }),
    );
  });
});

describe('A start long before its run', () => {
  it.each([1, 1_600_000_000_000])('counts from the start of the run and is clock_skew: %d', async (at) => {
    const run = made();
    const start = startOf(run);
    writeFinishedRun(run, 1000);
    writeRow(run, 'train/2', { field: 'attempt', value: '0', at });
    writeRow(run, 'train/2', { field: 'attempt_ok', value: 'True', at: start + 500 });
    const { attempts, issues, runs } = await pollAll(feedOf(run.root), AFTER);
    expect(attempts.map(lineOf)).toContain(`F/train/2/0 ${start} ${start + 500} attempt_ok succeeded`);
    expect(issues.filter(({ code }) => code === 'clock_skew').map(told)).toEqual([
      `clock_skew F/${RUN}/train/2 attempt 0`,
    ]);
    expect(runs[0]!.startedAt).toBe(start);
  });

  it('is believed within five minutes', async () => {
    const run = made();
    const at = startOf(run) - 5 * MINUTE;
    writeFinishedRun(run, 1000);
    writeRow(run, 'train/2', { field: 'attempt', value: '0', at });
    const { attempts, issues } = await pollAll(feedOf(run.root), AFTER);
    expect(attempts.map(({ start }) => start)).toContain(at);
    expect(issues.map(({ code }) => code)).not.toContain('clock_skew');
  });

  it('does not start a run whose id is no time', async () => {
    const run = made('argo-1');
    writeSelf(run, [], AFTER - DAY);
    writeRow(run, 'train/2', { field: 'attempt', value: '0', at: 1 });
    const { attempts, runs } = await pollAll(feedOf(run.root), AFTER - DAY + 1);
    expect(runs).toMatchObject([{ startedAt: AFTER - DAY }]);
    expect(attempts).toMatchObject([{ start: AFTER - DAY }]);
  });
});

describe('A pickle that makes millions of containers', () => {
  it('is refused once, however often an open run is read', async () => {
    const run = made();
    const bomb = Buffer.concat([Buffer.from([0x80, 4]), Buffer.alloc((4 << 20) - 2, 0x7d)]);
    const sha = createHash('sha1').update(bomb).digest('hex');
    const path = `F/data/${sha.slice(0, 2)}/${sha}`;
    mkdirSync(dirname(join(run.root, path)), { recursive: true });
    writeFileSync(join(run.root, path), gzipSync(bomb));
    writeSelf(run);
    writeRow(run, 'train/1', { field: 'attempt', value: '0', at: startOf(run) });
    writeAt(rowsOf(run, '_parameters/0/0.data.json'), { objects: { _graph_info: sha } }, startOf(run));
    const read = jest.spyOn(PickleBytes.prototype, 'byte');
    const feed = feedOf(run.root);
    const { issues } = await pollAll(feed, startOf(run) + 1);
    expect(issues).toMatchObject([
      { code: 'refused_pickle', file: path, reason: 'The blob of _graph_info makes more than 200000 values.' },
    ]);
    const bytesRead = read.mock.calls.length;
    expect(bytesRead).toBeGreaterThan(200_000);
    expect((await pollAll(feed, startOf(run) + 2)).runs).toHaveLength(1);
    expect(read).toHaveBeenCalledTimes(bytesRead);
  });
});
