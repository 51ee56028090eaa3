/** The recorded rows in a real PostgreSQL. @needs postgresql */
import type { MetaflowPoll } from '../../../../exporter/src/feeds/metaflow/local-feed';
import { type PostgresProcess, runningPostgres } from '../../../support/postgres-process';
import { AFTER, pollAll } from '../metaflow/recording';
import {
  holdingsOfTable,
  linesOf,
  recordedAnswers,
  serviceFeedOf,
  serviceTable,
  serving,
  stopServices,
} from '../metaflow-service/recorded';
import { loadRecording, makeDatabase, makeReader, postgresFeedOf, urlOf } from './database';

/** Some schemas hold values as documents: booleans and numbers as such, all else as texts. */
const AS_DOCUMENTS = `ALTER TABLE public.metadata_v3 ALTER COLUMN value TYPE jsonb USING (
  CASE WHEN value IN ('True', 'False') THEN to_jsonb(value = 'True')
    WHEN value ~ '^[0-9]{1,9}$' THEN to_jsonb(value::int) ELSE to_jsonb(value) END)`;
/** Rows that say where an attempt ran, which the recording has none of. */
const CLUES = `INSERT INTO public.metadata_v3
    (flow_id, run_number, step_name, task_id, id, field_name, value, type, ts_epoch, tags)
  SELECT 'TrainFlow', 1, 'train', 3, 1400 + number, field, value, field, 1795233102116, '["attempt_id:0"]'
  FROM (VALUES (1, 'kubernetes-pod-id', '0f8e9a'), (2, 'kubernetes-pod-name', 't-1'), (3, 'ec2-instance-id', 'i-07'))
    AS clues (number, field, value)`;

let server: PostgresProcess;
beforeAll(async () => {
  server = await runningPostgres(25_400);
  makeReader(server);
  for (const name of ['texts', 'documents']) {
    makeDatabase(server, name);
    loadRecording(server, name);
  }
  server.run('documents', AS_DOCUMENTS);
});
afterAll(async () => {
  await server.stop();
  await stopServices();
});

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

/** Everything told, in one order, but the fingerprints, which no two feeds need share. */
function factsOf({ runs, attempts, rows, newest }: MetaflowPoll): object {
  const byKey = <Fact extends { readonly key: object }>(facts: readonly Fact[]): Fact[] =>
    [...facts].sort((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1));
  return { runs: byKey(runs.map((run) => ({ ...run, fingerprint: '' }))), attempts: byKey(attempts), rows, newest };
}

describe.each(['texts', 'documents'])('The recorded rows, their values being %s', (database) => {
  it('give exactly the attempts of the table', async () => {
    const poll = await pollAll(postgresFeedOf(urlOf(server, database), { holdings }), AFTER);
    expect(expectedLines).toHaveLength(63);
    expect(linesOf(poll)).toEqual(expectedLines);
    expect(poll.issues).toEqual([]);
    expect(poll).toMatchObject({ complete: true, emptyReason: null });
    const gpus = new Map(serviceTable().map((row) => [`${row.run}/${row.task}/${row.attempt}`, row.gpus]));
    for (const { key, held } of poll.attempts) {
      expect(String(held!.gpus / 1_000_000_000n)).toBe(gpus.get(`${key.run}/${key.task}/${key.attempt}`));
    }
  });

  it('give the same facts as the service itself', async () => {
    const { url } = await serving({ kind: 'service', answers: recordedAnswers('metadata-service.jsonl') });
    const told = await pollAll(serviceFeedOf(url, { holdings }), AFTER);
    const poll = await pollAll(postgresFeedOf(urlOf(server, database), { holdings }), AFTER);
    expect(told.runs).toHaveLength(11);
    expect(factsOf(poll)).toEqual(factsOf(told));
  });
});

describe('Rows that the recording has none of', () => {
  it('say where an attempt ran', async () => {
    makeDatabase(server, 'clues');
    loadRecording(server, 'clues');
    server.run('clues', CLUES);
    const { attempts } = await pollAll(postgresFeedOf(urlOf(server, 'clues'), { holdings }), AFTER);
    const told = attempts.filter(({ clues }) => clues !== undefined);
    expect(told.map(({ key, clues }) => [key.run, key.task, clues])).toEqual([
      ['1', '3', { podUid: '0f8e9a', podName: 't-1', podNamespace: null, nodeIp: null, instanceId: 'i-07' }],
    ]);
  });

  it('give a run and a task of their own names by these, as the service does', async () => {
    makeDatabase(server, 'names');
    loadRecording(server, 'names');
    server.run(
      'names',
      `UPDATE public.runs_v3 SET run_id = 'argo-train-x7' WHERE run_number = 9;
       UPDATE public.metadata_v3 SET task_name = 't-5f3a' WHERE task_id = 51;`,
    );
    const { runs, attempts, issues } = await pollAll(postgresFeedOf(urlOf(server, 'names'), { holdings }), AFTER);
    expect(runs.map(({ key }) => key.run)).toContain('argo-train-x7');
    expect(runs.map(({ key }) => key.run)).not.toContain('9');
    const named = attempts.filter(({ key }) => key.run === 'argo-train-x7').map(({ key }) => key.task);
    expect(named.sort()).toEqual(['50', '52', '53', '54', '55', '56', 't-5f3a']);
    expect(issues).toEqual([]);
  });

  it('are none at all: an empty database says so', async () => {
    makeDatabase(server, 'nothing');
    const poll = await postgresFeedOf(urlOf(server, 'nothing')).poll({ now: AFTER, known: [] });
    expect(poll).toMatchObject({ runs: [], emptyReason: 'There are no runs yet.', complete: true });
  });
});

describe('What a step requests', () => {
  it('is not in the database: without holdings each step is an issue and holds nothing', async () => {
    const poll = await pollAll(postgresFeedOf(urlOf(server, 'texts')), AFTER);
    expect(linesOf(poll)).toEqual(expectedLines);
    expect(poll.attempts.every(({ held, confidence }) => held === null && confidence === 'none')).toBe(true);
    expect(poll.issues.find(({ file }) => file === 'artifact_v3 (KilledFlow)')).toMatchObject({
      code: 'no_resources',
      field: '_graph_info (start)',
    });
  });
});
