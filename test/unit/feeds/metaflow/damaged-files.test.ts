import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { damage, KILLED, RETRY, spoil, told, TRAIN } from './damage';
import { writeAt, writeFinishedRun, writeSelf } from './made-tree';
import { AFTER, feedOf, freshFolder, MINUTE, pollAll, removeFolders, unpackRecording } from './recording';

afterAll(removeFolders);

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
      issues: [issue.replace('FILE', file), `missing_field ${TRAIN}/evaluate/6 attempt 0`].sort(),
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
