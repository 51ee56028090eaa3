import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { type MadeRun, startOf, writeAt, writeFinishedRun, writeRow, writeSelf } from './made-tree';
import { DAY, feedOf, freshFolder, lineOf, MINUTE, pollAll, removeFolders } from './recording';

afterAll(removeFolders);

const HOUR = 60 * MINUTE;

function silentRun(): MadeRun & { start: number } {
  const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
  writeSelf(run);
  writeRow(run, 'train/1', { field: 'attempt', value: '0', at: startOf(run) + 500 });
  return { ...run, start: startOf(run) + 500 };
}

const told = (run: MadeRun, options = {}) => {
  const feed = feedOf(run.root, options);
  return async (now: number): Promise<string[]> => {
    const { runs, attempts } = await pollAll(feed, now);
    return [...runs.map(({ outcome, endedAt }) => `${outcome} ${endedAt}`), ...attempts.map(lineOf)];
  };
};

describe('A run of which nothing is heard', () => {
  it('is open until its silence is over, then lost at its last sign', async () => {
    const run = silentRun();
    const at = told(run);
    const open = ['running null', `F/train/1/0 ${run.start} open open running`];
    expect(await at(run.start + 1)).toEqual(open);
    expect(await at(run.start + DAY - 1)).toEqual(open);
    expect(await at(run.start + DAY)).toEqual([
      `lost ${run.start}`,
      `F/train/1/0 ${run.start} ${run.start} last_record lost`,
    ]);
    expect(await at(run.start + DAY + HOUR)).toEqual([]);
  });

  it('is lost at the last file of its tasks where that is newer than the last record', async () => {
    const run = silentRun();
    writeAt(join(run.root, 'F', run.run, 'train/1/0.task_begin'), '{}', run.start + 1234);
    writeAt(join(run.root, 'F', run.run, 'train/1/tmpx7f'), 'half a file', run.start + 9999);
    expect(await told(run)(run.start + DAY + 1234)).toContain(
      `F/train/1/0 ${run.start} ${run.start + 1234} last_record lost`,
    );
  });

  it('lives on while another task of the run gives signs', async () => {
    const run = silentRun();
    writeRow(run, 'train/2', { field: 'attempt', value: '0', at: run.start + 1 });
    writeRow(run, 'train/2', { field: 'attempt_ok', value: 'True', at: run.start + 20 * HOUR });
    const at = told(run);
    expect(await at(run.start + 43 * HOUR)).toContain(`F/train/1/0 ${run.start} open open running`);
    expect(await at(run.start + 44 * HOUR)).toContain(
      `F/train/1/0 ${run.start} ${run.start + 20 * HOUR} last_record lost`,
    );
  });

  it('keeps to the silence it is told', async () => {
    const run = silentRun();
    expect(await told(run, { silenceMs: HOUR })(run.start + HOUR)).toContain(`lost ${run.start}`);
  });

  it('is not brought back by an edit of its tags', async () => {
    const run = silentRun();
    const at = told(run);
    const late = run.start + DAY + HOUR;
    await at(late);
    writeSelf(run, ['team:search'], late);
    expect(await at(late + MINUTE)).toContain(`lost ${run.start}`);
  });

  it('is open again when a record comes', async () => {
    const run = silentRun();
    const at = told(run);
    const late = run.start + DAY + HOUR;
    await at(late);
    writeRow(run, 'train/1', { field: 'spot-termination-time', value: 'x', at: late + 1 });
    expect(await at(late + MINUTE)).toEqual(['running null', `F/train/1/0 ${run.start} open open running`]);
    writeRow(run, 'train/1', { field: 'attempt_ok', value: 'True', at: late + 2 * MINUTE });
    expect(await at(late + 3 * MINUTE)).toContain(`F/train/1/0 ${run.start} ${late + 2 * MINUTE} attempt_ok succeeded`);
  });

  it('is open again when one of its files is written anew', async () => {
    const run = silentRun();
    const log = join(run.root, 'F', run.run, 'train/1/0.task_begin');
    writeAt(log, '{}', run.start + 1);
    const at = told(run);
    const late = run.start + DAY + HOUR;
    expect(await at(late)).toContain(`lost ${run.start + 1}`);
    utimesSync(log, late / 1000, late / 1000);
    expect(await at(late + MINUTE)).toContain('running null');
  });

  it('is open again when a record comes after a restart', async () => {
    const run = silentRun();
    const late = run.start + DAY + HOUR;
    const { runs } = await pollAll(feedOf(run.root), late);
    const restarted = feedOf(run.root);
    expect((await pollAll(restarted, late + 1, runs)).runs).toEqual([]);
    writeRow(run, 'train/1', { field: 'attempt', value: '1', at: late + 2, attempt: 1 });
    const { attempts } = await pollAll(restarted, late + MINUTE);
    expect(attempts.map(lineOf)).toEqual([
      `F/train/1/0 ${run.start} ${late + 2} next_start killed`,
      `F/train/1/1 ${late + 2} open open running`,
    ]);
  });

  it('is closed at its last sign although its directory was removed while it was open', async () => {
    const run = silentRun();
    const feed = feedOf(run.root);
    await pollAll(feed, run.start + 1);
    rmSync(join(run.root, 'F', run.run), { recursive: true });
    const gone = await pollAll(feed, run.start + 2);
    expect(gone.runs.map(({ outcome }) => outcome)).toEqual(['running']);
    expect(gone.issues).toContainEqual(expect.objectContaining({ code: 'unreadable_file', file: `F/${run.run}` }));
    expect((await pollAll(feed, run.start + 3)).issues).toEqual([]);
    expect((await pollAll(feed, run.start + DAY)).attempts.map(lineOf)).toEqual([
      `F/train/1/0 ${run.start} ${run.start} last_record lost`,
    ]);
    expect((await pollAll(feed, run.start + DAY + 1)).runs).toEqual([]);
  });

  it('is an issue when it went away while the exporter was down', async () => {
    const run = silentRun();
    const { runs } = await pollAll(feedOf(run.root), run.start + 1);
    rmSync(join(run.root, 'F', run.run), { recursive: true });
    const { issues } = await pollAll(feedOf(run.root), run.start + 2, runs);
    expect(issues).toMatchObject([{ code: 'unreadable_file', file: `F/${run.run}` }]);
  });
});

describe('An attempt whose end nobody recorded', () => {
  it('ends with the last record of its run once the run has ended', async () => {
    const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
    writeFinishedRun(run, 5000);
    writeRow(run, 'train/9', { field: 'attempt', value: '0', at: startOf(run) + 7 });
    expect(await told(run)(startOf(run) + MINUTE)).toContain(
      `F/train/9/0 ${startOf(run) + 7} ${startOf(run) + 5001} last_record killed`,
    );
  });
});
