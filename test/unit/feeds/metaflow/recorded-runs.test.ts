import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attempt } from '../../../../exporter/src/facts/attempt';
import { diffConfigs } from '../../../../exporter/src/feeds/metaflow/config-diff';
import type { MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import { AFTER, feedOf, pollAll, recordedTable, removeFolders, runsOf, unpackRecording } from './recording';

afterAll(removeFolders);

const OUTCOME_OF: Record<string, string> = { True: 'succeeded', False: 'failed', '': 'killed' };

function expectedRow(row: Record<string, string>): object {
  return {
    key: {
      deployment: 'laptop',
      flow: row.flow,
      run: row.run,
      step: row.step,
      task: row.task,
      attempt: Number(row.attempt),
    },
    start: Number(row.start_ms),
    end: Number(row.end_ms),
    endSource: row.end_source,
    outcome: OUTCOME_OF[row.attempt_ok!],
    isClone: row.clone === 'yes',
    hosts: [],
    held: {
      gpus: BigInt(row.gpus!) * 1_000_000_000n,
      vcpus: BigInt(row.vcpu!) * 1000n,
      memory: BigInt(row.memory_mb!) * 1_048_576n,
      source: 'graph_info',
    },
    confidence: 'estimated',
    lastSign: Number(row.end_ms),
  };
}

const inOrder = (attempts: readonly Attempt[]): Attempt[] => {
  const text = ({ key }: Attempt): string => `${key.flow}\t${key.run}\t${key.step}\t${key.task}\t${key.attempt}`;
  return [...attempts].sort((a, b) => (text(a) < text(b) ? -1 : 1));
};

describe('The recorded history', () => {
  let poll: MetaflowPoll;
  beforeAll(async () => {
    poll = await pollAll(feedOf(unpackRecording()), AFTER);
  });

  it('has exactly the attempts of the table, in every column', () => {
    const rows = recordedTable();
    expect(rows).toHaveLength(42);
    expect(inOrder(poll.attempts)).toEqual(inOrder(rows.map(expectedRow) as Attempt[]));
  });

  it('has no doubtful fact', () => {
    expect(poll).toMatchObject({ issues: [], emptyReason: null, complete: true, rows: { rejected: 0 } });
    expect(poll.newest).toBe(Math.max(...poll.runs.map(({ endedAt }) => endedAt!)));
    expect(poll.rows.accepted).toBeGreaterThan(100);
  });

  it('has these runs', () => {
    const table = poll.runs
      .map(({ key, outcome, startedAt, endedAt }) => `${key.flow} ${key.run} ${outcome} ${startedAt} ${endedAt}`)
      .sort();
    expect(table).toEqual([
      'BranchFlow 1795235183022138 succeeded 1795235183022 1795235187399',
      'GangFlow 1795233807616678 succeeded 1795233807616 1795233812650',
      'KilledFlow 1795233801890863 killed 1795233801890 1795233806965',
      'ResumeFlow 1795233813396848 failed 1795233813396 1795233817684',
      'ResumeFlow 1795233818481907 succeeded 1795233818481 1795233820205',
      'RetryFlow 1795233792486346 succeeded 1795233792486 1795233800821',
      'TrainFlow 1795233779432166 succeeded 1795233779432 1795233784553',
      'TrainFlow 1795233785273684 succeeded 1795233785273 1795233791576',
    ]);
  });

  it('keeps user, tags and system tags, and starts a run where its id says although a tag edit rewrote it', () => {
    const [tagged] = runsOf(poll, 'TrainFlow');
    expect(tagged).toMatchObject({
      startedAt: 1795233779432,
      user: 'mlplatform',
      runtime: 'dev',
      tags: ['team:search', 'cost_center:cc-412', 'experiment:sweep-7'],
    });
    expect([...tagged!.systemTags].sort()).toEqual([
      'metaflow_version:2.19.39',
      'project:ranking',
      'project_branch:user.mlplatform',
      'python_version:3.11.7',
      'runtime:dev',
      'user:mlplatform',
    ]);
  });

  it('has two config variants of TrainFlow, and a diff that people can read', () => {
    const [small, large] = runsOf(poll, 'TrainFlow');
    // Python: sha256(json.dumps({'config': …}, sort_keys=True, separators=(',', ':')))
    expect(small!.variant).toEqual({
      id: 'c300d46e7917d3e4ff30a1594ca425c0b9506e5cef49775d7ccf90d495aeb91d',
      method: 'config_values',
    });
    expect(large!.variant).not.toEqual(small!.variant);
    expect(diffConfigs(small!, large!)).toEqual({
      hasHidden: false,
      changes: [
        { path: '/config/trials', before: 3, after: 4 },
        { path: '/config/seconds_per_trial', before: 1, after: 2 },
        { path: '/config/base_accuracy', before: 0.81, after: 0.84 },
        { path: '/config/model', before: 'bert-base', after: 'bert-large' },
        { path: '/config/batch_size', before: 32, after: 16 },
      ],
    });
  });

  it('has no variant where a flow has no Config', () => {
    expect(runsOf(poll, 'RetryFlow')[0]).toMatchObject({ variant: null, config: null });
  });

  it('has no attempt of _parameters', () => {
    expect(poll.attempts.filter(({ key }) => key.step.startsWith('_'))).toEqual([]);
  });
});

describe('The recorded history, rebased', () => {
  it('moves run ids and every time by the offset and nothing else', async () => {
    const root = unpackRecording();
    const rebaseMs = 123_456_789;
    const original = await pollAll(feedOf(root), AFTER);
    const moved = await pollAll(feedOf(root, { rebaseMs }), AFTER + rebaseMs);
    const run = (id: string): string => String(BigInt(id) + 123_456_789_000n);
    const shift = (at: number | null): number | null => (at === null ? null : at + rebaseMs);
    expect(inOrder(moved.attempts)).toEqual(
      inOrder(original.attempts).map((attempt) => ({
        ...attempt,
        key: { ...attempt.key, run: run(attempt.key.run) },
        start: shift(attempt.start),
        end: shift(attempt.end),
        lastSign: shift(attempt.lastSign),
      })),
    );
    expect(moved.runs.map(({ startedAt, endedAt, key }) => [key.run, startedAt, endedAt])).toEqual(
      original.runs.map((one) => [run(one.key.run), shift(one.startedAt), shift(one.endedAt)]),
    );
    expect(moved.newest).toBe(original.newest! + rebaseMs);
  });
});

describe('What the user declares', () => {
  it('overrides the requested GPUs, first match first, and names the host', async () => {
    const gpus = (count: number): never => (BigInt(count) * 1_000_000_000n) as never;
    const holdings = [
      { flow: 'TrainFlow', step: 'train', host: 'dgx-1', gpus: gpus(6) },
      { flow: 'Train*', step: '*', host: null, gpus: gpus(3) },
      { flow: '*', step: 'start', host: null, gpus: gpus(0) },
    ];
    const { attempts } = await pollAll(feedOf(unpackRecording(), { host: 'dgx-2', holdings }), AFTER);
    const told = attempts
      .filter(({ key }) => key.flow === 'TrainFlow' || key.flow === 'KilledFlow')
      .map(({ key, held, hosts, confidence }) =>
        [key.flow, key.step, Number(held!.gpus) / 1e9, held!.vcpus, hosts.join(), held!.source, confidence].join(' '),
      );
    expect([...new Set(told)].sort()).toEqual([
      'KilledFlow start 0 1000 dgx-2 holdings declared',
      'KilledFlow train 4 16000 dgx-2 graph_info estimated',
      'TrainFlow end 3 1000 dgx-2 holdings declared',
      'TrainFlow evaluate 3 4000 dgx-2 holdings declared',
      'TrainFlow join 3 1000 dgx-2 holdings declared',
      'TrainFlow start 3 1000 dgx-2 holdings declared',
      'TrainFlow train 6 8000 dgx-1 holdings declared',
    ]);
  });

  it('names the variant by a tag, before its Config values', async () => {
    const root = unpackRecording();
    const path = join(root, 'TrainFlow/1795233785273684/_meta/_self.json');
    const self = JSON.parse(readFileSync(path, 'utf8')) as { tags: string[] };
    writeFileSync(path, JSON.stringify({ ...self, tags: [...self.tags, 'variant:large', 'variant:a:b'] }));
    const [, large] = runsOf(await pollAll(feedOf(root), AFTER), 'TrainFlow');
    expect(large!.variant).toEqual({ id: 'a:b', method: 'tag' });
    expect(large!.config).toMatchObject({ config: { model: 'bert-large' } });
  });
});
