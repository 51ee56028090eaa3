import fc from 'fast-check';
import { concludeRun } from '../../../../exporter/src/feeds/metaflow/conclude-run';
import type { ParsedRun } from '../../../../exporter/src/feeds/metaflow/parse-run';
import { parseRunRows, type RunRows, stepsWithoutEnd } from '../../../../exporter/src/feeds/metaflow/rows-to-run';
import { recordedAnswers } from '../metaflow-service/recorded';
import { AFTER } from './recording';

type Row = { readonly [field: string]: unknown };

const answers = new Map(recordedAnswers('metadata-service.jsonl').map(({ path, body }) => [path, body]));
const read = <Body>(path: string): Body => JSON.parse(answers.get(path)!) as Body;

/** Everything that is recorded of a run. */
function rowsOf(flow: string, run: string): RunRows {
  const path = `/flows/${flow}/runs/${run}`;
  const steps = read<Row[]>(`${path}/steps`).map(({ step_name: step }) => String(step));
  const tasks = steps.flatMap((step) => read<Row[]>(`${path}/steps/${step}/tasks`));
  return { run: read(path), tasks, metadata: read<Row[]>(`${path}/metadata`) };
}

const sources = { run: 'runs_v3', tasks: 'tasks_v3', metadata: 'metadata_v3' };

function factsOf(rows: RunRows, [flow, run]: readonly [string, string]): object {
  const parsed = parseRunRows(rows, { feed: 'pg', flow, run, now: AFTER, sources }) as ParsedRun;
  const key = { deployment: 'prod', flow, run };
  const about = { feed: 'pg', key, graph: null, graphIssue: null, holdings: [], host: null };
  const concluded = concludeRun(parsed, { ...about, now: AFTER, silenceMs: 600_000 });
  return { parsed: { ...parsed, rows: null }, concluded };
}

const RUNS = [
  ['KilledFlow', '5'],
  ['RetryFlow', '4'],
  ['GangFlow', '6'],
  ['ResumeFlow', '8'],
] as const;

describe('The rows of a run', () => {
  it.each(RUNS)('%s/%s say the same in any order, and however often each came', (flow, run) => {
    const rows = rowsOf(flow, run);
    const expected = factsOf(rows, [flow, run]);
    const mixed = (list: readonly unknown[]) =>
      fc.tuple(fc.shuffledSubarray([...list], { minLength: list.length }), fc.subarray([...list]));
    fc.assert(
      fc.property(mixed(rows.metadata), mixed(rows.tasks), ([metadata, again], [tasks, tasksAgain]) => {
        const given = { ...rows, metadata: [...again, ...metadata], tasks: [...tasksAgain, ...tasks] };
        expect(factsOf(given, [flow, run])).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it.each(RUNS)('%s/%s say the same with the columns of the table and with ids as texts', (flow, run) => {
    const rows = rowsOf(flow, run);
    const expected = factsOf(rows, [flow, run]);
    const named = /^\d+$/;
    const asColumns = (row: unknown): unknown => {
      const { task_id: task, ...rest } = row as Row;
      const id = String(task);
      return {
        ...rest,
        run_id: null,
        ...(named.test(id) ? { task_id: id, task_name: null } : { task_id: 99, task_name: id }),
      };
    };
    const withText = (row: unknown): unknown => ({ ...(row as Row), run_number: run });
    expect(
      factsOf({ run: withText(rows.run), tasks: rows.tasks.map(asColumns), metadata: rows.metadata.map(asColumns) }, [
        flow,
        run,
      ]),
    ).toEqual(expected);
  });

  it('are read whatever else they hold, and no bad row takes another with it', () => {
    const rows = rowsOf('RetryFlow', '4');
    const expected = factsOf(rows, ['RetryFlow', '4']) as { concluded: { attempts: unknown } };
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.array(fc.jsonValue()), (metadata, tasks) => {
        const given = { ...rows, metadata: [...metadata, ...rows.metadata], tasks: [...tasks, ...rows.tasks] };
        const facts = factsOf(given, ['RetryFlow', '4']) as typeof expected;
        expect(facts.concluded.attempts).toEqual(expected.concluded.attempts);
      }),
      { numRuns: 100 },
    );
  });

  it('need heartbeats only in the steps of which some newest attempt has no end', () => {
    const steps = RUNS.map(([flow, run]) => stepsWithoutEnd(rowsOf(flow, run).metadata, { flow, run }));
    expect(steps).toEqual([['train'], [], [], []]);
  });
});
