import { join } from 'node:path';
import { RETRY, told } from './damage';
import { startOf, writeAt, writeFinishedRun, writeRow, writeSelf } from './made-tree';
import { AFTER, DAY, feedOf, freshFolder, lineOf, pollAll, removeFolders, unpackRecording } from './recording';

afterAll(removeFolders);

describe('A run with unusual facts', () => {
  const made = (): { root: string; flow: string; run: string } => ({
    root: freshFolder(),
    flow: 'F',
    run: '1795233779432166',
  });

  it('keeps hostile names as they are', async () => {
    const run = { ...made(), flow: 'größe 日本 😀' };
    writeSelf(run, ['../../etc/passwd', 'team:</script>']);
    const place = '__proto__/..%2F..%2Fx';
    writeRow(run, place, { field: 'attempt', value: '0', at: startOf(run) });
    writeRow(run, place, { field: 'attempt_ok', value: 'True', at: startOf(run) + 5 });
    const { runs, attempts } = await pollAll(feedOf(run.root), startOf(run) + 10);
    expect(runs[0]!.tags).toEqual(['../../etc/passwd', 'team:</script>']);
    expect(attempts[0]!.key).toEqual({
      deployment: 'laptop',
      flow: 'größe 日本 😀',
      run: run.run,
      step: '__proto__',
      task: '..%2F..%2Fx',
      attempt: 0,
    });
  });

  it('does not believe what its texts claim to be', async () => {
    const run = made();
    writeSelf(run);
    const row = { flow_id: '../G', run_number: '1', step_name: 'x/y', task_id: '9', field_name: 'attempt', value: '0' };
    const path = join(run.root, 'F', run.run, 'train/1/_meta/sysmeta_attempt_1.json');
    writeAt(path, { ...row, ts_epoch: startOf(run) }, startOf(run));
    const { attempts } = await pollAll(feedOf(run.root), startOf(run) + 1);
    expect(attempts.map(lineOf)).toEqual([`F/train/1/0 ${startOf(run)} open open running`]);
  });

  it('is told when its clock runs ahead', async () => {
    const run = made();
    writeFinishedRun(run, 1000);
    const { issues } = await pollAll(feedOf(run.root), startOf(run) - DAY);
    expect(issues.filter(({ code }) => code === 'clock_skew')).toMatchObject([
      { file: `F/${run.run}`, field: 'ts_epoch' },
    ]);
  });

  it('hides its production token', async () => {
    const run = made();
    writeFinishedRun(run, 1000);
    const self = { user_name: 'argo', tags: [], system_tags: ['production:s3cret-0-abcd', 'runtime:argo-workflows'] };
    writeAt(join(run.root, 'F', run.run, '_meta/_self.json'), self, startOf(run));
    const { runs } = await pollAll(feedOf(run.root), AFTER);
    expect(runs[0]).toMatchObject({ user: 'argo', runtime: 'argo-workflows', systemTags: ['runtime:argo-workflows'] });
  });

  it('starts at its first record where its id is no time', async () => {
    const run = { ...made(), run: 'argo-train-x7k2p' };
    const first = Date.parse('2026-11-21T04:00:00Z');
    writeSelf(run, [], first + DAY);
    writeRow(run, 'train/t-1', { field: 'attempt', value: '0', at: first });
    const { runs } = await pollAll(feedOf(run.root, { rebaseMs: 1000 }), first + DAY);
    expect(runs[0]).toMatchObject({ key: { run: 'argo-train-x7k2p' }, startedAt: first + 1000 });
  });

  it('has steps that its graph does not know', async () => {
    const root = unpackRecording();
    const at = 1795233800815;
    writeRow({ root, flow: 'RetryFlow', run: RETRY.split('/')[1]! }, 'extra/99', { field: 'attempt', value: '0', at });
    const { issues } = await pollAll(feedOf(root), AFTER);
    expect(issues.map(told)).toEqual([`no_resources ${RETRY} steps.extra`]);
  });
});
