import type { Instant } from '../units/interval';
import { type Answer, type Asked, jsonAnswer } from './answer';
import { historyAt, type MetaflowHistory, runAt, type RunHistory, type TaskHistory } from './history';
import { attemptOf, attemptStatuses, rowsByTask, runStatus } from './run-status';
import { serviceAnswer } from './service-answers';
import { sortedPage } from './ui-page';

/** What the UI backend answers to a GET at an instant: envelope, paging, one row an attempt, `/dag`, `/parameters`. */
export function uiAnswer(history: MetaflowHistory, asked: Asked, at: Instant): Answer {
  const parts = asked.path.split('/').filter((part) => part !== '');
  if (asked.path === '/ping') return { status: 200, headers: HEADERS, body: 'pong' };
  if (asked.path === '/version') return { status: 200, headers: HEADERS, body: '2.5.1--' };
  if (parts[0] === 'metadata') {
    return serviceAnswer(history, { ...asked, path: asked.path.slice('/metadata'.length) || '/' }, at);
  }
  const known = historyAt(history, at);
  const shownRuns = (runs: readonly RunHistory[]): object[] => runs.map((run) => runRow(runAt(run, at), at));
  if (asked.path === '/runs') return list(shownRuns(known.runs), asked, NEWEST_FIRST);
  const [flows, flow, runs, run, ...rest] = parts.map(decodeURIComponent);
  if (flows !== 'flows') return missing(asked);
  if (flow === undefined) return list(known.flows, asked);
  if (runs === undefined)
    return single(
      known.flows.find(({ flow_id }) => flow_id === flow),
      asked,
    );
  const ofFlow = known.runs.filter(({ row }) => row.flow_id === flow);
  if (run === undefined) return list(shownRuns(ofFlow), asked, NEWEST_FIRST);
  const found = ofFlow.find(({ row }) => String(row.run_number) === run);
  if (!found) return missing(asked);
  const present = runAt(found, at);
  return rest.length === 0 ? single(runRow(present, at), asked) : runPart(present, { rest, asked, at });
}

const HEADERS = { 'content-type': 'application/json', metadata_service_version: '2.5.1' };

function missing({ path }: Asked): Answer {
  const title = 'Not Found';
  return jsonAnswer(
    404,
    { id: 'not-found', status: 404, title, detail: `${path} is not known`, type: 'about:blank' },
    HEADERS,
  );
}

function single(data: unknown, asked: Asked): Answer {
  if (data === undefined) return missing(asked);
  const query = Object.fromEntries(asked.query);
  return jsonAnswer(200, { data, status: 200, links: { self: selfOf(asked) }, query }, HEADERS);
}

const NEWEST_FIRST = '-ts_epoch';

function list(rows: readonly object[], { query, path }: Asked, order = ''): Answer {
  return jsonAnswer(200, sortedPage(rows, { query, path, order: query.get('_order') ?? order }), HEADERS);
}

function selfOf({ path, query }: Asked): string {
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function runRow(run: RunHistory, at: Instant): object {
  const { row } = run;
  const { status, finishedAt } = runStatus(run, at);
  const seen = finishedAt ?? (row.last_heartbeat_ts === null ? null : row.last_heartbeat_ts * 1000);
  return {
    flow_id: row.flow_id,
    run_number: row.run_number,
    run_id: null,
    user_name: row.user_name,
    user: row.user ?? null,
    run: String(row.run_number),
    status,
    ts_epoch: row.ts_epoch,
    finished_at: finishedAt,
    duration: seen === null ? null : seen - row.ts_epoch,
    last_heartbeat_ts: row.last_heartbeat_ts,
    tags: row.tags,
    system_tags: row.system_tags,
  };
}

type Part = { readonly rest: readonly string[]; readonly asked: Asked; readonly at: Instant };

function runPart(run: RunHistory, { rest, asked, at }: Part): Answer {
  const [part, step, tasks, task, ofTask] = rest;
  if (part === 'dag') return single(run.dag ?? undefined, asked);
  if (part === 'parameters') return single(run.parameters ?? {}, asked);
  if (part === 'tasks') return list(attemptRows(run, run.tasks, at), asked);
  if (part === 'metadata') return list(metadataRows(run, null), asked);
  if (part !== 'steps') return missing(asked);
  if (step === undefined) return list(stepRows(run), asked);
  const ofStep = run.tasks.filter(({ row }) => row.step_name === step);
  if (tasks === undefined)
    return single(
      stepRows(run).find(({ step_name }) => step_name === step),
      asked,
    );
  if (task === undefined) return list(attemptRows(run, ofStep, at), asked);
  const attempts = attemptRows(
    run,
    ofStep.filter(({ row }) => String(row.task_id) === task),
    at,
  );
  if (ofTask === undefined) return single(attempts.at(-1), asked);
  if (ofTask === 'attempts') return list(attempts, asked);
  return ofTask === 'metadata' ? list(metadataRows(run, task), asked) : missing(asked);
}

function stepRows({ steps }: RunHistory): { readonly step_name: string }[] {
  return steps.map((row) => ({ ...row, run_number: Number(row.run_number), run_id: row.run_number, duration: null }));
}

function attemptRows(run: RunHistory, tasks: readonly TaskHistory[], at: Instant): object[] {
  const byTask = rowsByTask(run.metadata);
  return tasks.flatMap((task) => {
    const { row } = task;
    return attemptStatuses(task, { rows: byTask.get(row.task_id) ?? [], at }).map(
      ({ attempt, status, startedAt, finishedAt }) => ({
        flow_id: row.flow_id,
        run_number: row.run_number,
        run_id: null,
        step_name: row.step_name,
        task_id: row.task_id,
        task_name: typeof row.task_id === 'string' ? row.task_id : null,
        user_name: row.user_name,
        status,
        task_ok: null,
        ts_epoch: row.ts_epoch,
        started_at: startedAt,
        finished_at: finishedAt,
        duration: finishedAt === null ? null : finishedAt - (startedAt ?? row.ts_epoch),
        attempt_id: attempt,
        tags: row.tags,
        system_tags: row.system_tags,
        last_heartbeat_ts: row.last_heartbeat_ts,
      }),
    );
  });
}

function metadataRows({ metadata }: RunHistory, task: string | null): object[] {
  return metadata
    .filter(({ task_id }) => task === null || String(task_id) === task)
    .map((row) => ({
      id: row.id,
      flow_id: row.flow_id,
      run_number: row.run_number,
      run_id: null,
      step_name: row.step_name,
      task_id: row.task_id,
      task_name: typeof row.task_id === 'string' ? row.task_id : null,
      attempt_id: attemptOf(row),
      field_name: row.field_name,
      value: row.value,
      type: row.type,
      user_name: row.user_name,
      ts_epoch: row.ts_epoch,
      tags: row.tags,
      system_tags: row.system_tags,
    }));
}
