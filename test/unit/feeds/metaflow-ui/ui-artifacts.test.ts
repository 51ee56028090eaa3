import type { MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import type { RecordedAnswer, RecordedService } from '../../../support/recorded-service';
import { AFTER, pollAll } from '../metaflow/recording';
import { recordedAnswers, serving, stopServices, uiFeedOf } from '../metaflow-service/recorded';

afterAll(stopServices);

const answers = recordedAnswers('ui-backend.jsonl.gz');
const PARAMETERS = '/flows/TrainFlow/runs/10/parameters';
const DAG = '/flows/TrainFlow/runs/10/dag';

const replaced = (path: string, change: Partial<RecordedAnswer>): RecordedAnswer[] =>
  answers.map((answer) => (answer.path === path ? { ...answer, ...change } : answer));

const data = (value: unknown): Partial<RecordedAnswer> => ({ body: JSON.stringify({ data: value, status: 200 }) });

async function polled(served: readonly RecordedAnswer[]): Promise<{ poll: MetaflowPoll; service: RecordedService }> {
  const service = await serving({ kind: 'ui', answers: served });
  return { poll: await pollAll(uiFeedOf(service.url), AFTER), service };
}

const run10 = ({ runs }: MetaflowPoll): MetaflowPoll['runs'][number] => runs.find(({ key }) => key.run === '10')!;

describe('Config values of the UI backend', () => {
  it.each([
    ['is too large', { config: { value: 'Artifact too large: 5120 bytes' } }, 'oversized_blob'],
    ['is a text that may be an error', { config: { value: 'Unable to locate credentials' } }, 'missing_blob'],
    ['is not there', { alpha: { value: 0.1 } }, 'missing_blob'],
    ['is nothing that can be read', 'no map', 'missing_blob'],
  ])('are unknown where one %s, which is an issue and no variant', async (_how, value, code) => {
    const { poll } = await polled(replaced(PARAMETERS, data(value)));
    expect(run10(poll)).toMatchObject({ variant: null, config: null, outcome: 'succeeded' });
    expect(poll.issues).toMatchObject([{ code, file: PARAMETERS, field: 'config' }]);
    expect(poll.attempts).toHaveLength(63);
  });

  it.each([404, 500])('are unknown where the backend answers %d, and the poll goes on', async (status) => {
    const { poll } = await polled(replaced(PARAMETERS, { status, body: '{"title": "s3-not-found"}' }));
    expect(run10(poll)).toMatchObject({ variant: null, config: null });
    expect(poll.issues).toMatchObject([{ code: 'missing_blob', file: PARAMETERS }]);
  });

  it('have their secrets hidden', async () => {
    const { poll } = await polled(replaced(PARAMETERS, data({ config: { value: { lr: 1, api_key: 'abc' } } })));
    expect(run10(poll).config).toEqual({ config: { lr: 1, api_key: '[redacted]' } });
  });
});

describe('The graph of the UI backend', () => {
  it.each([
    ['answers 404', { status: 404 }],
    ['answers 500', { status: 500, body: '{"detail": "failed-to-process-dag"}' }],
    ['holds no graph', data({ steps: 7 })],
  ])('is unknown where it %s: each step is an issue and holds nothing', async (_how, change) => {
    const { poll } = await polled(replaced(DAG, change));
    const held = poll.attempts.filter(({ key }) => key.run === '10').map((attempt) => attempt.held);
    expect(held).toEqual(Array.from({ length: 8 }, () => null));
    expect(new Set(poll.issues.map(({ code, file }) => `${code} ${file}`))).toEqual(new Set([`no_resources ${DAG}`]));
  });

  it('is asked for once a run', async () => {
    const service = await serving({ kind: 'ui', answers });
    const feed = uiFeedOf(service.url);
    const first = await pollAll(feed, AFTER);
    feed.forget(first.runs.map(({ key }) => key));
    const again = await pollAll(feed, AFTER + 1000);
    expect(again.attempts).toEqual(first.attempts);
    const asked = service.asked.filter((path) => path.endsWith('/dag'));
    expect(new Set(asked).size).toBe(asked.length);
  });
});

describe('The lists of the UI backend', () => {
  it('are asked for from the last known run on', async () => {
    const service = await serving({ kind: 'ui', answers });
    const feed = uiFeedOf(service.url);
    await pollAll(feed, AFTER);
    service.asked.splice(0);
    await pollAll(feed, AFTER + 1000);
    const since = 1795235168831 - 600_000;
    expect(service.asked).toEqual([`/runs?_limit=1000&_page=1&_order=%2Bts_epoch&ts_epoch%3Age=${since}`]);
  });

  it('that never end fail the poll', async () => {
    const service = await serving({ kind: 'ui', answers });
    service.intercept((request, response) => {
      if (!request.url!.startsWith('/runs')) return false;
      response.end(JSON.stringify({ data: [{ flow_id: 'F', run_number: 1 }], pages: { next: 2 } }));
      return true;
    });
    await expect(pollAll(uiFeedOf(service.url), AFTER)).rejects.toThrow('The pages of /runs never end.');
  });

  it('that are none fail the poll', async () => {
    const service = await serving({ kind: 'ui', answers: [] });
    service.intercept((_request, response) => {
      response.end('[]');
      return true;
    });
    await expect(pollAll(uiFeedOf(service.url), AFTER)).rejects.toThrow('/runs answers with JSON that holds no list');
  });

  it('read under a path prefix', async () => {
    const service = await serving({ kind: 'ui', answers, prefix: '/api' });
    expect((await pollAll(uiFeedOf(`${service.url}/`), AFTER)).runs).toHaveLength(11);
  });
});
