import type { MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import { AFTER, pollAll } from '../metaflow/recording';
import type { ServiceSettings } from '../../../support/recorded-service';
import {
  holdingsOfTable,
  linesOf,
  recordedAnswers,
  serviceFeedOf,
  serviceTable,
  serving,
  stopServices,
  uiFeedOf,
} from './recorded';

afterAll(stopServices);

const answers = recordedAnswers('metadata-service.jsonl');
const holdings = holdingsOfTable();

/** How an attempt ended: without `attempt_ok`, by a retry after a kill, or by the silence of the whole run. */
function outcomeOf({ attempt_ok: ok, end_source: source }: Record<string, string>): string {
  if (ok !== '') return ok === 'True' ? 'succeeded' : 'failed';
  return source === 'next_start' ? 'killed' : 'lost';
}

const expectedLines = serviceTable()
  .map((row) =>
    [
      ...[row.flow, row.run, row.step, row.task, row.attempt, row.start_ms, row.end_ms, row.end_source],
      outcomeOf(row),
      row.clone === 'yes' ? 'clone' : 'own',
    ].join(' '),
  )
  .sort();

const WAYS: [string, Omit<ServiceSettings, 'answers'>][] = [
  ['pages as large as the service gives', { kind: 'service' }],
  ['pages of 7 rows', { kind: 'service', mostRows: 7 }],
  ['pages of 1 row', { kind: 'service', mostRows: 1 }],
  ['whole lists, by a service that knows no pages', { kind: 'old' }],
  ['a path prefix', { kind: 'service', prefix: '/metaflow/v1' }],
];

describe('The recorded metadata service', () => {
  it.each(WAYS)('gives exactly the attempts of the table, read through %s', async (_way, settings) => {
    const { url } = await serving({ ...settings, answers });
    const poll = await pollAll(serviceFeedOf(url, { holdings }), AFTER);
    expect(expectedLines).toHaveLength(63);
    expect(linesOf(poll)).toEqual(expectedLines);
    expect(poll.issues).toEqual([]);
    expect(poll.rows.rejected).toBe(0);
    const gpus = new Map(serviceTable().map((row) => [`${row.run}/${row.task}/${row.attempt}`, row.gpus]));
    for (const { key, held } of poll.attempts) {
      expect(String(held!.gpus / 1_000_000_000n)).toBe(gpus.get(`${key.run}/${key.task}/${key.attempt}`));
    }
  });

  it('has these runs', async () => {
    const { url } = await serving({ kind: 'service', answers });
    const poll = await pollAll(serviceFeedOf(url, { holdings }), AFTER);
    const told = ({ key, outcome, startedAt, endedAt }: MetaflowPoll['runs'][number]): string =>
      `${key.flow} ${key.run} ${outcome} ${startedAt} ${endedAt}`;
    expect(poll.runs.map(told)).toEqual([
      'BranchFlow 13 succeeded 1795235168831 1795235181573',
      'TrainFlow 10 succeeded 1795233758393 1795233774000',
      'TrainFlow 9 succeeded 1795233354146 1795233384380',
      'ResumeFlow 8 succeeded 1795233321647 1795233350738',
      'ResumeFlow 7 failed 1795233292744 1795233318976',
      'GangFlow 6 succeeded 1795233253821 1795233288531',
      'KilledFlow 5 lost 1795233237021 1795233250000',
      'RetryFlow 4 succeeded 1795233196788 1795233233857',
      'TrainFlow 3 succeeded 1795233173034 1795233194001',
      'TrainFlow 2 succeeded 1795233147353 1795233170602',
      'TrainFlow 1 succeeded 1795233093001 1795233125264',
    ]);
    expect(poll.runs[1]).toMatchObject({
      key: { deployment: 'prod' },
      user: 'mlplatform',
      runtime: 'dev',
      tags: ['experiment:sweep-9', 'team:search'],
      variant: null,
      config: null,
    });
    expect(poll).toMatchObject({ complete: true, emptyReason: null });
  });

  it('does not know what a step requests: without holdings each step is an issue and holds nothing', async () => {
    const { url } = await serving({ kind: 'service', answers });
    const poll = await pollAll(serviceFeedOf(url), AFTER);
    expect(linesOf(poll)).toEqual(expectedLines);
    expect(poll.attempts.every(({ held, confidence }) => held === null && confidence === 'none')).toBe(true);
    expect([...new Set(poll.issues.map(({ code }) => code))]).toEqual(['no_resources']);
    expect(poll.issues.find(({ file }) => file === '/flows/KilledFlow')).toMatchObject({
      field: '_graph_info (start)',
    });
  });

  it('asks for no task where every attempt has an end of its own', async () => {
    const { url, asked } = await serving({ kind: 'service', answers });
    await pollAll(serviceFeedOf(url), AFTER);
    const tasks = asked.filter((path) => path.includes('/tasks'));
    expect(tasks.map((path) => path.split('?')[0])).toEqual(['/flows/KilledFlow/runs/5/steps/train/tasks']);
  });
});

describe('The service that these tests serve', () => {
  const paged = answers.filter(({ path, status }) => status === 200 && /\?_limit=\d+$/.test(path));

  it('cuts every first page as the real one did', async () => {
    const { url } = await serving({ kind: 'service', answers });
    const idOf = (row: Record<string, unknown>): unknown[] => [row.id, row.flow_id, row.run_number, row.task_id];
    const rows = (text: string): unknown[] => (JSON.parse(text) as Record<string, unknown>[]).map(idOf);
    for (const { path, body, headers } of paged) {
      const answer = await fetch(`${url}${path}`);
      expect([path, rows(await answer.text())]).toEqual([path, rows(body)]);
      expect(answer.headers.get('x-limit')).toBe(headers['x-limit']);
      expect(answer.headers.has('x-next-cursor')).toBe('x-next-cursor' in headers);
    }
    expect(paged.length).toBeGreaterThan(70);
  });
});

describe('The recorded UI backend', () => {
  const uiAnswers = recordedAnswers('ui-backend.jsonl.gz');

  it.each([1000, 3])('gives the same attempts as the service, in pages of %d rows', async (mostRows) => {
    const { url } = await serving({ kind: 'ui', answers: uiAnswers, mostRows });
    const poll = await pollAll(uiFeedOf(url), AFTER);
    expect(linesOf(poll)).toEqual(expectedLines);
    expect(poll.issues).toEqual([]);
  });

  it('knows from /dag what every attempt requested', async () => {
    const { url } = await serving({ kind: 'ui', answers: uiAnswers });
    const { attempts } = await pollAll(uiFeedOf(url), AFTER);
    const told = attempts.map(({ key, held }) =>
      [key.run, key.task, key.attempt, held!.gpus, held!.vcpus, held!.memory, held!.source].join(' '),
    );
    const wanted = serviceTable().map(({ run, task, attempt, gpus, vcpu, memory_mb: memory }) =>
      [
        ...[run, task, attempt, BigInt(gpus!) * 1_000_000_000n, BigInt(vcpu!) * 1000n],
        ...[BigInt(memory!) * 1_048_576n, 'graph_info'],
      ].join(' '),
    );
    expect(told.sort()).toEqual(wanted.sort());
  });

  it('tells the same runs as the service, and their config variants beside', async () => {
    const ui = await serving({ kind: 'ui', answers: uiAnswers });
    const service = await serving({ kind: 'service', answers });
    const byUi = await pollAll(uiFeedOf(ui.url), AFTER);
    const byService = await pollAll(serviceFeedOf(service.url, { holdings }), AFTER);
    const alone = (run: MetaflowPoll['runs'][number]): object => ({ ...run, variant: null, config: null });
    expect(byUi.runs.map(alone)).toEqual(byService.runs);
    const variants = byUi.runs
      .filter(({ key }) => key.flow === 'TrainFlow')
      .map(({ key, variant }) => [key.run, variant]);
    // Python: sha256(json.dumps({'config': …}, sort_keys=True, separators=(',', ':'))); equal to the local feed's.
    const id = 'c300d46e7917d3e4ff30a1594ca425c0b9506e5cef49775d7ccf90d495aeb91d';
    expect(variants).toContainEqual(['1', { id, method: 'config_values' }]);
    expect(byUi.runs.find(({ key }) => key.run === '10')!.config).toEqual({
      config: { trials: 4, seconds_per_trial: 2, base_accuracy: 0.84, model: 'bert-large', batch_size: 16 },
    });
  });
});
