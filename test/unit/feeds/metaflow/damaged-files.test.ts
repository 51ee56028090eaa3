import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Attempt } from '../../../../exporter/src/facts/attempt';
import type { Issue } from '../../../../exporter/src/facts/issue';
import { startOf, writeAt, writeFinishedRun, writeRow, writeSelf } from './made-tree';
import { AFTER, DAY, feedOf, freshFolder, lineOf, MINUTE, pollAll, removeFolders, unpackRecording } from './recording';

afterAll(removeFolders);

const RETRY = 'RetryFlow/1795233792486346';
const KILLED = 'KilledFlow/1795233801890863';
const SPOILED_AT = AFTER / 1000 - 1;
const TRAIN = 'TrainFlow/1795233779432166';

/** The one file of a folder whose name begins so. */
function fileLike(root: string, folder: string, begins: string): string {
  const names = readdirSync(join(root, folder)).filter((name) => name.startsWith(begins));
  expect(names).toHaveLength(1);
  return join(folder, names[0]!);
}

const told = ({ code, file, line, column, field, value }: Issue): string =>
  [code, [file, line, column].filter((part) => part !== null).join(':'), field, value]
    .filter((part) => part !== null)
    .join(' ');

const shown = (attempt: Attempt): string =>
  `${lineOf(attempt)} ${attempt.held ? `${Number(attempt.held.gpus) / 1e9} GPUs` : 'unknown'}`;

/** Writes a damaged file at a time that is not in the recording's future. */
function spoil(path: string, text: string | Buffer): void {
  writeFileSync(path, text);
  utimesSync(path, SPOILED_AT, SPOILED_AT);
}

/** What differs from the undamaged history: issues, lines of attempts that came and went. */
async function damage(change: (root: string) => void): Promise<{ issues: string[]; gone: string[]; came: string[] }> {
  const root = unpackRecording();
  const whole = await pollAll(feedOf(root), AFTER);
  change(root);
  const broken = await pollAll(feedOf(root), AFTER);
  const [before, after] = [whole.attempts.map(shown), broken.attempts.map(shown)];
  return {
    issues: broken.issues.map(told).sort(),
    gone: before.filter((line) => !after.includes(line)).sort(),
    came: after.filter((line) => !before.includes(line)).sort(),
  };
}

const SCORE_0 = 'RetryFlow/score/3/0 1795233796785';
const TRAIN_0 = 'RetryFlow/train/2/0 1795233793652';

describe('A damaged file', () => {
  it('that is half an attempt_ok row leaves the end to attempt-done and the outcome to the runtime', async () => {
    const file = `${RETRY}/train/2/_meta/sysmeta_attempt_ok_1795233794660.json`;
    expect(await damage((root) => spoil(join(root, file), '{"flow_id": "RetryFlow",\n "value": '))).toEqual({
      issues: [`bad_json ${file}:2:11`],
      gone: [`${TRAIN_0} 1795233794660 attempt_ok failed 1 GPUs`],
      came: [`${TRAIN_0} 1795233794661 attempt_done failed 1 GPUs`],
    });
  });

  it('that is the only attempt_ok of a task leaves the end to attempt-done as well', async () => {
    const file = `${RETRY}/end/5/_meta/sysmeta_attempt_ok_1795233800821.json`;
    expect(await damage((root) => spoil(join(root, file), ''))).toEqual({
      issues: [`bad_json ${file}:1:1`],
      gone: ['RetryFlow/end/5/0 1795233800815 1795233800821 attempt_ok succeeded 0 GPUs'],
      came: ['RetryFlow/end/5/0 1795233800815 1795233800822 attempt_done succeeded 0 GPUs'],
    });
  });

  it('that says neither True nor False is named with its value', async () => {
    const file = `${RETRY}/end/5/_meta/sysmeta_attempt_ok_1795233800821.json`;
    const row = { field_name: 'attempt_ok', value: 'Perhaps', tags: ['attempt_id:0'], ts_epoch: 1795233800821 };
    const { issues, came } = await damage((root) => spoil(join(root, file), JSON.stringify(row)));
    expect(issues).toEqual([`bad_value ${file} value Perhaps`]);
    expect(came).toEqual(['RetryFlow/end/5/0 1795233800815 1795233800822 attempt_done succeeded 0 GPUs']);
  });

  it.each([
    ['no object', '[]', 'bad_json FILE:1:1'],
    ['no time', { field_name: 'attempt', value: '0', tags: [] }, 'missing_field FILE ts_epoch'],
    [
      'a time in seconds as text',
      { field_name: 'attempt', value: '0', ts_epoch: '17' },
      'bad_value FILE ts_epoch "17"',
    ],
    ['a negative time', { field_name: 'attempt', value: '0', ts_epoch: -5 }, 'bad_value FILE ts_epoch -5'],
    ['no field', { value: '0', ts_epoch: 1 }, 'missing_field FILE field_name'],
    ['a value that is no text', { field_name: 'attempt', value: 0, ts_epoch: 1 }, 'bad_value FILE value 0'],
    ['no attempt number', { field_name: 'attempt', value: '-1', ts_epoch: 1 }, 'bad_value FILE value -1'],
    [
      'a long value',
      { field_name: 'attempt', value: 'x'.repeat(999), ts_epoch: 1 },
      `bad_value FILE value ${'x'.repeat(200)}…`,
    ],
  ])('that holds an attempt row with %s costs that attempt alone, and says so', async (_name, row, issue) => {
    const file = `${TRAIN}/evaluate/6/_meta/sysmeta_attempt_1795233783368.json`;
    const text = typeof row === 'string' ? row : JSON.stringify(row);
    expect(await damage((root) => spoil(join(root, file), text))).toEqual({
      issues: [issue.replace('FILE', file), `missing_field ${TRAIN}/evaluate/6 attempt 0`],
      gone: ['TrainFlow/evaluate/6/0 1795233783368 1795233783873 attempt_ok succeeded 1 GPUs'],
      came: [],
    });
  });

  it('that is larger than a JSON file may be is not read', async () => {
    const file = `${TRAIN}/evaluate/6/_meta/sysmeta_attempt_1795233783368.json`;
    const { issues, gone } = await damage((root) => spoil(join(root, file), ' '.repeat((1 << 20) + 1)));
    expect(issues).toEqual([`missing_field ${TRAIN}/evaluate/6 attempt 0`, `unreadable_file ${file}`]);
    expect(gone).toHaveLength(1);
  });

  it('that the runtime wrote still tells by its time when the process ended', async () => {
    const { issues, gone, came } = await damage((root) => {
      const path = join(root, RETRY, 'score/3/0.runtime');
      writeAt(path, '{"return_code": -9,', 1795233797791);
    });
    expect(issues).toEqual([`bad_json ${RETRY}/score/3/0.runtime:1:20`]);
    expect(gone).toEqual([`${SCORE_0} 1795233797791 runtime_file killed 1 GPUs`]);
    expect(came).toEqual([`${SCORE_0} 1795233797791 runtime_file unknown 1 GPUs`]);
  });

  it('that is not there any more leaves the end to the next start', async () => {
    expect(await damage((root) => rmSync(join(root, RETRY, 'score/3/0.runtime')))).toEqual({
      issues: [],
      gone: [`${SCORE_0} 1795233797791 runtime_file killed 1 GPUs`],
      came: [`${SCORE_0} 1795233798282 next_start killed 1 GPUs`],
    });
  });

  it('that is the _self.json of a run leaves its attempts and loses its tags alone', async () => {
    const root = unpackRecording();
    spoil(join(root, KILLED, '_meta/_self.json'), '{"tags": ["team:ads"],\n  "ts_epoch": 17952338');
    const { runs, attempts, issues } = await pollAll(feedOf(root), AFTER);
    const killed = runs.find(({ key }) => key.flow === 'KilledFlow')!;
    expect(issues.map(told)).toEqual([`bad_json ${KILLED}/_meta/_self.json:2:23`]);
    expect(killed).toMatchObject({ outcome: 'killed', startedAt: 1795233801890, tags: [], user: null });
    expect(attempts.filter(({ key }) => key.flow === 'KilledFlow')).toHaveLength(3);
  });

  it.each([
    ['is not there', null, [`unreadable_file ${KILLED}/_meta/_self.json`]],
    ['has no tags', { system_tags: [] }, [`missing_field ${KILLED}/_meta/_self.json tags`]],
    ['has a text for tags', { tags: 'x', system_tags: [] }, [`bad_value ${KILLED}/_meta/_self.json tags "x"`]],
  ])('that is the _self.json of a run and %s is an issue', async (_name, self, issues) => {
    const path = `${KILLED}/_meta/_self.json`;
    const change = (root: string): void =>
      self === null ? rmSync(join(root, path)) : spoil(join(root, path), JSON.stringify(self));
    expect(await damage(change)).toEqual({ issues, gone: [], came: [] });
  });

  it('that was read only in part is read again when it is whole', async () => {
    const run = { root: freshFolder(), flow: 'F', run: '1795233779432166' };
    writeFinishedRun(run, 1000);
    const self = join(run.root, 'F', run.run, '_meta/_self.json');
    spoil(self, ' '.repeat((1 << 20) + 1));
    const feed = feedOf(run.root);
    expect((await pollAll(feed, AFTER)).runs).toMatchObject([{ outcome: 'succeeded', user: null }]);
    writeSelf(run, ['team:ads']);
    expect((await pollAll(feed, AFTER + MINUTE)).runs).toMatchObject([{ tags: ['team:ads'], user: 'me' }]);
    expect((await pollAll(feed, AFTER + 2 * MINUTE)).runs).toEqual([]);
  });
});

describe('A damaged blob', () => {
  const graphFile = (root: string): string => {
    const data = JSON.parse(readFileSync(join(root, RETRY, '_parameters/0/0.data.json'), 'utf8'));
    const sha: string = data.objects._graph_info;
    return `RetryFlow/data/${sha.slice(0, 2)}/${sha}`;
  };

  it.each([
    ['that is missing', 'missing_blob', (path: string) => rmSync(path)],
    ['that is no gzip file', 'refused_pickle', (path: string) => spoil(path, 'plain text')],
    ['that has other content', 'refused_pickle', (path: string) => spoil(path, gzipSync('other'))],
    ['that is cut off', 'refused_pickle', (path: string) => spoil(path, gzipSync('x').subarray(0, 8))],
    ['that unzips to 5 MiB', 'oversized_blob', (path: string) => spoil(path, gzipSync(Buffer.alloc(5 << 20)))],
    ['that is larger than 1 MiB', 'oversized_blob', (path: string) => spoil(path, Buffer.alloc((1 << 20) + 1))],
  ])('%s leaves what was held unknown: %s', async (_name, code, change) => {
    let file = '';
    const { issues, came, gone } = await damage((root) => {
      file = graphFile(root);
      change(join(root, file));
    });
    const steps = ['end', 'publish', 'score', 'start', 'train'];
    expect(issues).toEqual(steps.map((step) => `${code} ${file} _graph_info (${step})`));
    expect(gone).toHaveLength(7);
    expect(came).toHaveLength(7);
    expect(came.every((line) => line.endsWith(' unknown'))).toBe(true);
  });

  it('is not looked for outside of the root', async () => {
    const outside = freshFolder();
    const { issues } = await damage((root) => {
      const file = graphFile(root);
      renameSync(join(root, 'RetryFlow/data'), join(outside, 'data'));
      symlinkSync(join(outside, 'data'), join(root, 'RetryFlow/data'));
      expect(file).toContain('RetryFlow/data/');
    });
    expect(issues[0]).toMatch(/^missing_blob RetryFlow\/data/);
  });

  it('costs nothing where the user declares what is held', async () => {
    const root = unpackRecording();
    rmSync(join(root, graphFile(root)));
    const holdings = [{ flow: 'RetryFlow', step: null, host: 'dgx-1', gpus: 2_000_000_000n as never }];
    const { attempts, issues } = await pollAll(feedOf(root, { holdings }), AFTER);
    expect(issues).toEqual([]);
    expect(attempts.filter(({ key }) => key.flow === 'RetryFlow').map(({ held }) => held)).toEqual(
      Array.from({ length: 7 }, () => ({
        gpus: 2_000_000_000n,
        vcpus: 1000n,
        memory: 4_294_967_296n,
        source: 'holdings',
      })),
    );
  });

  it('of a Config leaves the variant to the hash of the artifact', async () => {
    const root = unpackRecording();
    const sha = '1f0a868953f4d1b1df820a7f566c33b249071274';
    rmSync(join(root, 'TrainFlow/data/1f', sha));
    const { runs, issues } = await pollAll(feedOf(root), AFTER);
    const [run] = runs.filter(({ key }) => key.run === '1795233779432166');
    expect(run).toMatchObject({ variant: { id: `sha:${sha}`, method: 'config_sha' }, config: null });
    expect(issues.map(told)).toEqual([`missing_blob TrainFlow/data/1f/${sha} config`]);
  });

  it('of _parameters alone is read through a task that carries the graph on', async () => {
    const { issues, gone } = await damage((root) => spoil(join(root, RETRY, '_parameters/0/0.data.json'), '{'));
    expect(issues).toEqual([`bad_json ${RETRY}/_parameters/0/0.data.json:1:2`]);
    expect(gone).toEqual([]);
  });
});

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
    const [, name] = fileLike(root, `${RETRY}/end/5/_meta`, 'sysmeta_attempt_1').split('_meta/');
    mkdirSync(join(root, RETRY, 'extra/99/_meta'), { recursive: true });
    const at = 1795233800815;
    writeRow({ root, flow: 'RetryFlow', run: RETRY.split('/')[1]! }, 'extra/99', { field: 'attempt', value: '0', at });
    const { issues } = await pollAll(feedOf(root), AFTER);
    expect(name).toBe(`sysmeta_attempt_${at}.json`);
    expect(issues.map(told)).toEqual([`no_resources ${RETRY} steps.extra`]);
  });
});
