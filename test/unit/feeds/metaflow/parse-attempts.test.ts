import { attemptsOf } from '../../../../exporter/src/feeds/metaflow/parse-attempts';
import type { MetadataRow, TaskRecord } from '../../../../exporter/src/feeds/metaflow/task-record';

/** `attempt=0@100` with its tag, `attempt_ok=True@200#-` without one, `attempt_ok=True@200#1` with that one. */
function taskOf(text: string): TaskRecord {
  const rows = text.split(' ').map((part): MetadataRow => {
    const [, field = '', value = '', at = '', tag] = /^([\w-]+)=([\w-]+)@(\d+)(?:#(.+))?$/.exec(part)!;
    const attempt = tag === '-' ? null : Number(tag ?? (field === 'attempt' ? value : 0));
    return { field, value, at: Number(at), attempt };
  });
  const nothing = { runtimeFiles: new Map(), taskOk: new Map(), lastSign: null, heartbeat: null };
  return { step: 'train', task: '2', source: 'F/1/train/2', rows, ...nothing };
}

function told(text: string): string[] {
  const { attempts, withoutStart } = attemptsOf(taskOf(text));
  return [
    ...attempts.map(({ attempt, start, attemptOk, attemptDone, nextStart, isClone }) =>
      [
        `${attempt}: ${start}`,
        attemptOk ? `${attemptOk.ok ? 'ok' : 'not ok'} ${attemptOk.at}` : 'no end',
        ...(attemptDone === undefined ? [] : [`done ${attemptDone}`]),
        ...(nextStart === undefined ? [] : [`next ${nextStart}`]),
        ...(isClone ? ['clone'] : []),
      ].join(', '),
    ),
    ...withoutStart.map((attempt) => `${attempt}: no start`),
  ];
}

describe('The attempts of a task', () => {
  it.each([
    ['one attempt', 'attempt=0@100 attempt_ok=True@200 attempt-done=0@201', ['0: 100, ok 200, done 201']],
    [
      'a failure and a success',
      'attempt=0@100 attempt_ok=False@200 attempt=1@300 attempt_ok=True@400#1',
      ['0: 100, not ok 200, next 300', '1: 300, ok 400'],
    ],
    [
      'rows in any order',
      'attempt_ok=True@400#1 attempt=1@300 attempt=0@100',
      ['0: 100, no end, next 300', '1: 300, ok 400'],
    ],
    [
      'doubles: the earliest start, the latest end',
      'attempt=0@110 attempt=0@100 attempt_ok=False@200 attempt_ok=True@210',
      ['0: 100, ok 210'],
    ],
    [
      'rows without an attempt_id tag: the attempt under way',
      'attempt=0@100#- attempt_ok=False@200#- attempt=1@300#- attempt_ok=True@300#-',
      ['0: 100, not ok 200, next 300', '1: 300, ok 300'],
    ],
    ['an untagged end before every start', 'attempt=0@100 attempt_ok=True@50#-', ['0: 100, ok 50']],
    ['a gap in the numbers', 'attempt=0@100 attempt=3@300', ['0: 100, no end, next 300', '3: 300, no end']],
    ['a clone', 'attempt=0@100 attempt_ok=True@100 origin-task-id=7@100', ['0: 100, ok 100, clone']],
    ['a task executed anew in a resumed run', 'attempt=0@100 origin-run-id=1795@100', ['0: 100, no end']],
    ['rows of a scheduler before the first start', 'runtime=dev@90 attempt=0@100', ['0: 100, no end']],
    ['an end without a start', 'attempt_ok=True@200', ['0: no start']],
    ['no attempt at all', 'runtime=dev@90', []],
  ])('with %s', (_name, rows, attempts) => {
    expect(told(rows)).toEqual(attempts);
  });
});
