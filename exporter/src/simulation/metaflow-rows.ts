import type { MetadataRow, MetaflowHistory, RunHistory, RunRow, StepRow, TaskHistory } from '../replay/history';
import type { Instant } from '../units/interval';
import { graphOf } from './flow-graph';
import type { Plan, SimulatedAttempt, SimulatedRun, SimulatedTask } from './world-facts';

const histories = new WeakMap<SimulatedRun, RunHistory>();

/** All rows that a plan's runs will ever write into a metadata service. */
export function metaflowHistory({ runs }: Plan): MetaflowHistory {
  const first = new Map<string, number>();
  for (const { flow, started } of runs) if (!first.has(flow.name)) first.set(flow.name, started - 8);
  const flows = [...first].map(([flow_id, ts_epoch]) => ({
    flow_id,
    user_name: null,
    ts_epoch,
    tags: null,
    system_tags: null,
  }));
  return { flows, runs: runs.map(historyOf) };
}

function historyOf(run: SimulatedRun): RunHistory {
  const known = histories.get(run);
  if (known) return known;
  const made = makeHistory(run);
  histories.set(run, made);
  return made;
}

const PYTHON = '3.11.7';
const METAFLOW = '2.19.39';
const PARAMETERS = '_parameters';

function makeHistory(run: SimulatedRun): RunHistory {
  const { flow, number, started, ended, tags, tasks, parametersTask } = run;
  const common = {
    flow_id: flow.name,
    run_number: number,
    user_name: flow.user,
    tags,
    system_tags: systemTags(run),
  };
  const row: RunRow = { ...common, ts_epoch: started, last_heartbeat_ts: null, user: flow.user };
  const begins = new Map<string, Instant>([[PARAMETERS, started + 12]]);
  for (const { step, registered } of tasks) if (!begins.has(step)) begins.set(step, registered - 10);
  const steps = [...begins].map(([step_name, ts_epoch]): StepRow => ({
    ...common,
    run_number: String(number),
    step_name,
    ts_epoch,
  }));
  const taskOf = (step_name: string, task_id: number, ts_epoch: Instant): TaskHistory['row'] => ({
    ...common,
    step_name,
    task_id,
    ts_epoch,
    last_heartbeat_ts: null,
  });
  return {
    row,
    beats: [{ from: started, to: ended }],
    steps,
    tasks: [
      { row: taskOf(PARAMETERS, parametersTask, started + 20), beats: [{ from: started + 20, to: started + 20 }] },
      ...tasks.map((task) => ({ row: taskOf(task.step, task.id, task.registered), beats: beatsOf(task) })),
    ],
    metadata: [...parametersRows(run), ...tasks.flatMap((task) => taskRows(run, task))],
    artifacts: [],
    dag: graphOf(flow),
    parameters: { config: { value: run.config } },
  };
}

const systemTags = ({ flow }: SimulatedRun): string[] => [
  `user:${flow.user}`,
  'runtime:dev',
  `python_version:${PYTHON}`,
  `metaflow_version:${METAFLOW}`,
  `project:${flow.project}`,
  `project_branch:user.${flow.user}`,
];

/** A task beats once when it is registered and then while its code runs, attempt after attempt. */
function beatsOf({ registered, attempts }: SimulatedTask): TaskHistory['beats'] {
  const running = attempts.map(({ codeStart, codeEnd, pod }) => ({ from: codeStart, to: codeEnd ?? pod.end }));
  return [{ from: registered, to: registered }, ...running.filter(({ from, to }) => to === null || from < to)];
}

type Field = { readonly at: Instant; readonly field: string; readonly value: string; readonly type?: string };

function rowsOf(
  run: SimulatedRun,
  task: { readonly id: number; readonly step: string },
  fields: readonly (Field & { readonly attempt: number | null })[],
): MetadataRow[] {
  return fields.map(({ at, field, value, type = field, attempt }, place) => ({
    id: task.id * ROWS_PER_TASK + place,
    flow_id: run.flow.name,
    run_number: run.number,
    step_name: task.step,
    task_id: task.id,
    field_name: field,
    value,
    type,
    user_name: run.flow.user,
    ts_epoch: at,
    tags: attempt === null ? [] : [`attempt_id:${attempt}`],
    system_tags: null,
  }));
}

/** No task writes more: three attempts of fewer than thirty rows. */
const ROWS_PER_TASK = 100;

function parametersRows(run: SimulatedRun): MetadataRow[] {
  const { started, parametersTask, flow } = run;
  const tagged = [...systemFields(run, started + 30), { at: started + 200, field: 'attempt-done', value: '0' }];
  const structure = [
    { at: started + 210, field: 'start_step', value: flow.steps[0]!.name, type: 'graph_structure', attempt: null },
    { at: started + 212, field: 'end_step', value: flow.steps.at(-1)!.name, type: 'graph_structure', attempt: null },
  ];
  const fields = [...tagged.map((field) => ({ ...field, attempt: 0 })), ...structure];
  return rowsOf(run, { id: parametersTask, step: PARAMETERS }, fields);
}

/** The launcher registers the first five before the task starts; the task writes them again. */
function systemFields({ flow }: SimulatedRun, at: Instant): Field[] {
  const script = `${flow.name.toLowerCase()}.py`;
  const fields = { runtime: 'dev', python_version: PYTHON, user: flow.user, metaflow_version: METAFLOW };
  return Object.entries({ ...fields, 'script-name': script }).map(([field, value], place) => ({
    at: at + place,
    field,
    value,
  }));
}

function taskRows(run: SimulatedRun, task: SimulatedTask): MetadataRow[] {
  const launcher = systemFields(run, task.registered + 5).map((field) => ({ ...field, attempt: 0 }));
  const own = task.attempts.flatMap((attempt) =>
    attemptFields(run, task, attempt)
      .filter(({ at }) => attempt.pod.end === null || at < attempt.pod.end)
      .map((field) => ({ ...field, attempt: attempt.number })),
  );
  return rowsOf(run, task, [...launcher, ...own]);
}

function attemptFields(run: SimulatedRun, task: SimulatedTask, attempt: SimulatedAttempt): Field[] {
  const { codeStart: at, codeEnd, number } = attempt;
  return [
    ...systemFields(run, at - 600),
    { at, field: 'attempt', value: String(number) },
    { at: at + 2, field: 'origin-run-id', value: 'None' },
    { at: at + 3, field: 'ds-type', value: 's3' },
    { at: at + 4, field: 'ds-root', value: 's3://ml-metaflow/metaflow' },
    ...foreachFields(task, at + 5),
    ...placeFields(attempt, at + 40),
    ...spotFields(attempt),
    ...endFields(attempt, codeEnd),
  ];
}

function foreachFields({ step, item }: SimulatedTask, at: Instant): Field[] {
  if (item === null) return [];
  return [
    { at, field: 'foreach-stack', value: `{items=${item}}` },
    { at: at + 1, field: 'foreach-execution-path', value: `${step}:${item}` },
  ];
}

/** What `@kubernetes` writes with METAFLOW_KUBERNETES_FETCH_EC2_METADATA=true. */
function placeFields({ pod }: SimulatedAttempt, at: Instant): Field[] {
  const { host } = pod;
  const fields = {
    'kubernetes-pod-name': pod.name,
    'kubernetes-pod-namespace': pod.namespace,
    'kubernetes-pod-id': pod.uid,
    'kubernetes-pod-service-account-name': 'metaflow',
    'kubernetes-node-ip': host.internalIp,
    'ec2-instance-id': host.instanceId,
    'ec2-instance-type': host.instanceType,
    'ec2-region': host.region,
    'ec2-availability-zone': host.zone,
  };
  return Object.entries(fields).map(([field, value], place) => ({ at: at + place, field, value }));
}

const SPOT_NOTICE_MS = 120_000;

function spotFields({ fate, pod, codeStart }: SimulatedAttempt): Field[] {
  const taken = pod.host.to;
  if (fate !== 'reclaimed' || taken === null || taken - SPOT_NOTICE_MS < codeStart) return [];
  const received = taken - SPOT_NOTICE_MS;
  return [
    { at: received, field: 'spot-termination-received-at', value: utcText(received) },
    { at: received + 1, field: 'spot-termination-time', value: utcText(taken) },
  ];
}

const utcText = (at: Instant): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

function endFields({ fate, number }: SimulatedAttempt, at: Instant | null): Field[] {
  if (at === null) return [];
  const ok = fate === 'succeeded' ? 'True' : 'False';
  return [
    { at, field: 'attempt_ok', value: ok, type: 'internal_attempt_status' },
    { at: at + 60, field: 'attempt-done', value: String(number) },
  ];
}
