import type { Instant } from '../units/interval';
import { type Answer, type Asked, jsonAnswer } from './answer';
import { historyAt, type MetaflowHistory, runAt, type RunHistory } from './history';
import { runStatus } from './run-status';
import { pageOf } from './service-page';

/** What the metadata service answers to a GET at an instant: paths, paging, headers and errors of version 2.5.1. */
export function serviceAnswer(history: MetaflowHistory, asked: Asked, at: Instant): Answer {
  const known = historyAt(history, at);
  const parts = asked.path.split('/').filter((part) => part !== '');
  if (asked.path === '/ping') return { status: 200, headers: HEADERS, body: 'pong' };
  if (asked.path === '/version') return { status: 200, headers: { 'content-type': TEXT }, body: VERSION };
  const [flows, flow, runs, run, ...rest] = parts.map(decodeURIComponent);
  if (flows !== 'flows') return json(404, {});
  if (flow === undefined) return list(known.flows, asked, ['ts_epoch', 'flow_id']);
  if (runs === undefined) return single(known.flows.find(({ flow_id }) => flow_id === flow));
  if (runs !== 'runs') return json(404, {});
  const ofFlow = known.runs.filter(({ row }) => row.flow_id === flow);
  if (run === undefined) return runList(ofFlow, asked, at);
  const found = ofFlow.find(({ row }) => String(row.run_number) === run);
  if (rest.length === 0) return single(found && runAt(found, at).row);
  return found ? runPart(runAt(found, at), rest, asked) : json(200, []);
}

const VERSION = '2.5.1';
const TEXT = 'text/plain; charset=utf-8';
const HEADERS = { metadata_service_version: VERSION, 'content-type': TEXT };

const json = (status: number, value: unknown, more: Answer['headers'] = {}): Answer =>
  jsonAnswer(status, value, { ...HEADERS, ...more });

const single = (row: object | undefined): Answer => (row ? json(200, row) : json(404, {}));

const STATUSES = ['running', 'completed', 'failed'];

function runList(runs: readonly RunHistory[], asked: Asked, at: Instant): Answer {
  const keys = ['ts_epoch', 'run_number'] as const;
  const present = runs.map((run) => runAt(run, at));
  const wanted = asked.query.get('status');
  if (wanted === null)
    return list(
      present.map(({ row }) => row),
      asked,
      keys,
    );
  if (!STATUSES.includes(wanted)) return json(400, `unsupported status filter: ${wanted}`);
  const withStatus = present.map((run) => ({ ...run.row, status: runStatus(run, at).status }));
  const paged = new URLSearchParams({ _limit: '50', ...Object.fromEntries(asked.query) });
  return list(
    withStatus.filter(({ status }) => status === wanted),
    { ...asked, query: paged },
    keys,
  );
}

/** Everything below a run that exists; a list of something that does not exist is empty, not missing. */
function runPart(run: RunHistory, rest: readonly string[], asked: Asked): Answer {
  const [part, step, tasks, task, ofTask] = rest;
  if (part === 'metadata' && step === undefined) return list(run.metadata, asked, ['ts_epoch', 'id']);
  if (part === 'artifacts' && step === undefined) return json(200, run.artifacts);
  if (part !== 'steps') return json(404, {});
  if (step === undefined) return json(200, run.steps);
  if (tasks === undefined) return single(run.steps.find(({ step_name }) => step_name === step));
  if (tasks === 'artifacts')
    return json(
      200,
      run.artifacts.filter(({ step_name }) => step_name === step),
    );
  if (tasks !== 'tasks') return json(404, {});
  const rows = run.tasks.map(({ row }) => row).filter(({ step_name }) => step_name === step);
  if (task === undefined) return list(rows, asked, ['ts_epoch', 'task_id']);
  if (ofTask === undefined) return single(rows.find(({ task_id }) => String(task_id) === task));
  if (ofTask !== 'metadata') return json(404, {});
  const metadata = run.metadata.filter(({ task_id, step_name }) => step_name === step && String(task_id) === task);
  return list(metadata, asked, ['ts_epoch', 'id']);
}

function list<Row extends object>(
  rows: readonly Row[],
  { query }: Asked,
  keys: readonly (keyof Row & string)[],
): Answer {
  if (!query.has('_limit') && !query.has('_cursor')) return json(200, rows);
  const page = pageOf(rows, { limit: query.get('_limit'), cursor: query.get('_cursor'), keys });
  if ('fault' in page) return json(page.status, page.fault);
  const shown = { 'x-limit': String(page.limit) };
  return json(200, page.rows, page.nextCursor === null ? shown : { ...shown, 'x-next-cursor': page.nextCursor });
}
