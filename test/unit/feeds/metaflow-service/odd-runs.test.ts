import type { MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import { answersOf, attempt, HOUR, type MadeRun, MINUTE, SECOND, START } from './made-service';
import { serviceFeedOf, serving, stopServices } from './recorded';

afterAll(stopServices);

const DAY = 24 * HOUR;
const holdings = [{ flow: '*', step: null, host: null, gpus: 1_000_000_000n as never }];

async function polled(runs: readonly MadeRun[], now = START + 2 * DAY): Promise<MetaflowPoll> {
  const { url } = await serving({ kind: 'service', answers: answersOf(runs) });
  return serviceFeedOf(url, { holdings }).poll({ now, known: [] });
}

/** Times are seconds after the made runs' beginning. */
const told = ({ runs, attempts }: MetaflowPoll): string[] => {
  const since = (at: number | null): string => (at === null ? '-' : String((at - START) * 0.001));
  return [
    ...runs.map(({ key, outcome, endedAt }) => `run ${key.run} ${outcome} ${since(endedAt)}`),
    ...attempts.map(({ key: { step, task, attempt: number }, start, end, endSource, outcome }) =>
      [`${step}/${task}/${number}`, since(start), since(end), endSource, outcome].join(' '),
    ),
  ];
};

const codes = ({ issues }: MetaflowPoll): string[] =>
  issues.map(({ code, field, count }) => `${code} ${field} ${count}`);

const KILLED = attempt('train/1', [1 * SECOND]);
const ok = (task: string, at: number, value = 'True') => ({ task, field: 'attempt_ok', value, at });

const CASES: [string, MadeRun, string[], string[]][] = [
  [
    'has ended nowhere and gave its last heartbeat',
    { rows: KILLED, beat: 40 * SECOND },
    ['run 1 lost 40', 'train/1/0 1 40 run_heartbeat lost'],
    [],
  ],
  [
    'was killed, its task having given the later heartbeat',
    { rows: KILLED, beat: 40 * SECOND, beats: { 'train/1': 30 * SECOND } },
    ['run 1 lost 30', 'train/1/0 1 30 heartbeat lost'],
    [],
  ],
  [
    'was killed before any heartbeat followed',
    { rows: KILLED, beat: 0, beats: { 'train/1': 0 } },
    ['run 1 lost 1', 'train/1/0 1 1 last_record lost'],
    [],
  ],
  ['gave no heartbeat at all', { rows: KILLED }, ['run 1 lost 1', 'train/1/0 1 1 last_record lost'], []],
  [
    'ends before it starts',
    { rows: [...attempt('end/1', [9 * SECOND]), ok('end/1', 4 * SECOND)] },
    ['run 1 succeeded 9', 'end/1/0 9 9 attempt_ok succeeded'],
    [],
  ],
  [
    'ends with a word that means nothing',
    { rows: [...KILLED, ok('train/1', 5 * SECOND, 'maybe')], beat: 6 * SECOND },
    ['run 1 lost 6', 'train/1/0 1 6 run_heartbeat lost'],
    ['bad_value value 1'],
  ],
  [
    'names its last step otherwise',
    {
      rows: [
        { task: '_parameters/0', field: 'end_step', value: 'publish', at: 0, attempt: null },
        ...attempt('publish/1', [0, 7 * SECOND]),
      ],
    },
    ['run 1 succeeded 7', 'publish/1/0 0 7 attempt_ok succeeded'],
    [],
  ],
  [
    'has its own time in seconds',
    { row: { ts_epoch: START * 0.001 }, rows: attempt('end/1', [2 * SECOND, 7 * SECOND]) },
    ['run 1 succeeded 7', 'end/1/0 2 7 attempt_ok succeeded'],
    ['bad_value ts_epoch 1'],
  ],
  [
    'has its heartbeat in milliseconds',
    { row: { last_heartbeat_ts: START }, rows: attempt('end/1', [2 * SECOND, 7 * SECOND]) },
    ['run 1 succeeded 7', 'end/1/0 2 7 attempt_ok succeeded'],
    ['bad_value last_heartbeat_ts 1'],
  ],
  [
    'has a heartbeat that has not come yet',
    { beat: 9 * DAY, rows: attempt('end/1', [2 * SECOND, 7 * SECOND]) },
    ['run 1 succeeded 7', 'end/1/0 2 7 attempt_ok succeeded'],
    ['clock_skew last_heartbeat_ts 1'],
  ],
  [
    'has a start in seconds',
    {
      rows: [
        { ...KILLED[0]!, at: START * 0.001 - START },
        ok('train/1', 7 * SECOND),
        ...attempt('end/2', [8 * SECOND, 9 * SECOND]),
      ],
    },
    ['run 1 succeeded 9', 'end/2/0 8 9 attempt_ok succeeded', 'train/1/0 0 7 attempt_ok succeeded'],
    ['clock_skew attempt 1'],
  ],
  [
    'has an end in seconds',
    {
      rows: [
        ...attempt('train/1', [1 * SECOND]),
        { ...ok('train/1', 0), at: START * 0.001 - START },
        ...attempt('end/2', [8 * SECOND, 9 * SECOND]),
      ],
      beat: 9 * SECOND,
    },
    ['run 1 succeeded 9', 'end/2/0 8 9 attempt_ok succeeded', 'train/1/0 1 9 run_heartbeat killed'],
    ['bad_value ts_epoch 1'],
  ],
  [
    'has rows that are none',
    { rows: attempt('end/1', [0, 5 * SECOND]), raw: [null, 7, 'row', [], {}, { step_name: 'end' }] },
    ['run 1 succeeded 5', 'end/1/0 0 5 attempt_ok succeeded'],
    ['bad_value  4', 'missing_field step_name 1', 'missing_field task_id 1'],
  ],
  [
    'is given rows of another run',
    { rows: attempt('end/1', [0, 5 * SECOND]), raw: [{ flow_id: 'F', run_number: 9, step_name: 'end', task_id: 1 }] },
    ['run 1 succeeded 5', 'end/1/0 0 5 attempt_ok succeeded'],
    ['bad_value run_number 1'],
  ],
  [
    'holds a value of another type where it decides nothing',
    { rows: [...attempt('end/1', [0, 5 * SECOND]), { task: 'end/1', field: 'note', value: { a: null }, at: 1 }] },
    ['run 1 succeeded 5', 'end/1/0 0 5 attempt_ok succeeded'],
    [],
  ],
  [
    'holds numbers and booleans for texts, as jsonb schemas do',
    {
      rows: [
        { task: 'end/1', field: 'attempt', value: 0, at: 0 },
        { task: 'end/1', field: 'attempt_ok', value: true, at: 5 * SECOND },
      ],
    },
    ['run 1 succeeded 5', 'end/1/0 0 5 attempt_ok succeeded'],
    [],
  ],
];

describe('A run of the metadata service that', () => {
  it.each(CASES)('%s', async (_case, run, facts, issues) => {
    const poll = await polled([run]);
    expect(told(poll)).toEqual(facts);
    expect(codes(poll)).toEqual(issues);
  });

  it('gave no heartbeat at all is open for a day, one that gave some for ten minutes', async () => {
    const outcome = async (run: MadeRun, now: number): Promise<string> => (await polled([run], now)).runs[0]!.outcome;
    expect(await outcome({ rows: KILLED }, START + DAY)).toBe('running');
    expect(await outcome({ rows: KILLED }, START + DAY + SECOND)).toBe('lost');
    expect(await outcome({ rows: KILLED, beat: 40 * SECOND }, START + 40 * SECOND + 10 * MINUTE - 1)).toBe('running');
    expect(await outcome({ rows: KILLED, beat: 40 * SECOND }, START + 40 * SECOND + 10 * MINUTE)).toBe('lost');
  });

  it('lives on without one of its tasks closes that task alone, at its last heartbeat', async () => {
    const rows = [...KILLED, ...attempt('train/2', [1 * SECOND])];
    const beats = { 'train/1': 30 * SECOND, 'train/2': 60 * MINUTE };
    expect(told(await polled([{ rows, beat: 60 * MINUTE, beats }], START + 61 * MINUTE))).toEqual([
      'run 1 running -',
      'train/1/0 1 30 heartbeat lost',
      'train/2/0 1 - open running',
    ]);
  });

  it('shares its id with another is told once, with an issue', async () => {
    const first: MadeRun = { run: 1, rows: attempt('end/1', [0, 5 * SECOND]) };
    const poll = await polled([first, { ...first, run: '1', at: HOUR }]);
    expect(poll.runs.map(({ key, startedAt }) => [key.run, startedAt])).toEqual([['1', START]]);
    expect(codes(poll)).toEqual(['duplicate_record run_number 1']);
  });

  it('changes its user and tags is told again under the same key', async () => {
    const run: MadeRun = { run: 1, rows: attempt('end/1', [0, 5 * SECOND]) };
    const service = await serving({ kind: 'service', answers: answersOf([run]) });
    const feed = serviceFeedOf(service.url, { holdings });
    const before = await feed.poll({ now: START + 2 * DAY, known: [] });
    const row = { user_name: 'grace', system_tags: ['runtime:dev', 'user:grace'], tags: ['team:nlp'] };
    service.serve(answersOf([{ ...run, row }]));
    const after = await feed.poll({ now: START + 2 * DAY + MINUTE, known: [] });
    expect(after.runs).toEqual([
      {
        ...before.runs[0],
        user: 'grace',
        systemTags: row.system_tags,
        tags: row.tags,
        fingerprint: expect.any(String) as string,
      },
    ]);
    service.serve(answersOf([{ ...run, row: { ...row, system_tags: ['user:grace', 'runtime:dev'] } }]));
    expect((await feed.poll({ now: START + 2 * DAY + 2 * MINUTE, known: [] })).runs).toEqual([]);
  });

  it('has tags of 10 kB keeps them, and the token of a production deployment is left out', async () => {
    const tags = [`note:${'x'.repeat(10_000)}`, 'variant:large'];
    const row = { tags, system_tags: ['production:token-0-abcd', 'runtime:argo-workflows', 'user:ada'] };
    const { runs } = await polled([{ run: 'argo-train-x7k2p', row, rows: attempt('end/t-1', [0, SECOND]) }]);
    expect(runs[0]).toMatchObject({
      key: { run: 'argo-train-x7k2p' },
      tags,
      systemTags: ['runtime:argo-workflows', 'user:ada'],
      runtime: 'argo-workflows',
      variant: { id: 'large', method: 'tag' },
    });
  });

  it('has tags that are no list of texts counts without them', async () => {
    const row = { tags: 'team:vision', system_tags: [7] };
    const poll = await polled([{ row, rows: attempt('end/1', [0, SECOND]) }]);
    expect(poll.runs[0]).toMatchObject({ tags: [], systemTags: [], user: 'ada' });
    expect(codes(poll)).toEqual(['bad_value system_tags 1', 'bad_value tags 1']);
  });

  it.each(['Zug🚂', 'קטר', 'a/b?c=d#e%2F', 'x y'])('is named %s, as its flow, its step and its task', async (name) => {
    const poll = await polled(
      [{ flow: name, run: `r ${name}`, rows: attempt('train/1', [0]), beat: 60 * MINUTE }],
      START + HOUR,
    );
    expect(poll.runs.map(({ key }) => [key.flow, key.run])).toEqual([[name, `r ${name}`]]);
    expect(poll.attempts).toHaveLength(1);
    expect(poll.issues).toEqual([]);
  });

  it.each(['..', '.', '', -1, 1.5, null, {}])('has the id %p is an issue, and the others go on', async (id) => {
    const good: MadeRun = { run: 2, rows: attempt('end/1', [0, SECOND]) };
    const poll = await polled([{ run: 1, row: { run_number: id } }, good]);
    expect(poll.runs.map(({ key }) => key.run)).toEqual(['2']);
    expect(codes(poll)).toEqual(['bad_value run_number 1']);
  });
});

describe('Where an attempt ran', () => {
  const clue = (field: string, value: string, number: number | null = 0, at = 2 * SECOND) => ({
    task: 'train/1',
    field,
    value,
    at,
    attempt: number,
  });

  it('is told by its own rows alone, the newest of doubles first', async () => {
    const { attempts } = await polled([
      {
        rows: [
          ...attempt('train/1', [1 * SECOND, 5 * SECOND]),
          ...attempt('train/1', [6 * SECOND, 9 * SECOND], 1),
          ...attempt('end/2', [10 * SECOND, 11 * SECOND]),
          clue('kubernetes-pod-id', 'uid-a', 0, 3 * SECOND),
          clue('kubernetes-pod-id', 'uid-stale'),
          clue('kubernetes-pod-name', 't-1-x'),
          clue('kubernetes-pod-namespace', 'ml'),
          clue('kubernetes-node-ip', '10.0.0.7'),
          clue('ec2-instance-id', 'None'),
          clue('kubernetes-pod-id', 'uid-b', null, 7 * SECOND),
          clue('ec2-instance-id', 'i-0abc', 1, 7 * SECOND),
        ],
      },
    ]);
    const clues = attempts.map(({ key, clues: found }) => [`${key.task}/${key.attempt}`, found]);
    expect(Object.fromEntries(clues)).toEqual({
      '1/0': { podUid: 'uid-a', podName: 't-1-x', podNamespace: 'ml', nodeIp: '10.0.0.7', instanceId: null },
      '1/1': { podUid: 'uid-b', podName: null, podNamespace: null, nodeIp: null, instanceId: 'i-0abc' },
      '2/0': undefined,
    });
  });

  it('is not told of a clone, which ran nowhere', async () => {
    const rows = [...attempt('train/1', [0, SECOND]), clue('origin-task-id', '7'), clue('kubernetes-pod-id', 'uid-a')];
    const { attempts } = await polled([{ rows }]);
    expect(attempts.map(({ isClone, clues }) => [isClone, clues])).toEqual([[true, undefined]]);
  });
});
