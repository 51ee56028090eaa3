import { podIdentity, shownLabels } from '../../../../exporter/src/feeds/kubernetes/pod-identity';

const task = {
  metaflow_flow_name: 'TrainFlow',
  metaflow_run_id: '101',
  metaflow_step_name: 'train',
  metaflow_task_id: '1001',
  metaflow_attempt: '1',
  metaflow_user: 'ana',
  metaflow_project_name: 'ranking',
};
const { metaflow_task_id: _, ...noTask } = task;
const argo = { ...noTask, metaflow_run_id: 'argo-forecast-abc12' };
const gang = { ...noTask, metaflow_control_task_id: '77' };
const { metaflow_run_id: __, ...noRun } = noTask;
const place = (role: string, index: string): { [name: string]: string } => ({
  jobset_sigs_k8s_io_replicatedjob_name: role,
  jobset_sigs_k8s_io_job_index: index,
});
const output = (parameters: unknown): string => JSON.stringify({ parameters, exitCode: '0' });
const job = (name: string): { kind: string; name: string } => ({ kind: 'Job', name });

const pathOf = (
  annotations: { [name: string]: string },
  labels: { [name: string]: string } = {},
  owner: { kind: string; name: string } | null = null,
): string | null => {
  const identity = podIdentity({ annotations, labels, owner });
  return identity && [identity.flow, identity.run, identity.step, identity.task, identity.attempt].join(' ');
};

describe('Which attempt a pod runs', () => {
  it('is what all six annotations say, with the user and the project', () => {
    expect(podIdentity({ annotations: task, labels: {}, owner: null })).toEqual({
      flow: 'TrainFlow',
      run: '101',
      step: 'train',
      task: '1001',
      attempt: 1,
      user: 'ana',
      project: 'ranking',
    });
  });

  it.each<[string, Parameters<typeof pathOf>, string | null]>([
    ['a task', [task], 'TrainFlow 101 train 1001 1'],
    ['a task under the case-keeping spelling', [{ ...noTask, metaflow_task_id: '5' }], 'TrainFlow 101 train 5 1'],
    ['Argo: no task id', [argo], 'TrainFlow argo-forecast-abc12 train  1'],
    ['Argo: an empty task id', [{ ...argo, metaflow_task_id: '' }], 'TrainFlow argo-forecast-abc12 train  1'],
    [
      'Argo: the task id among the outputs',
      [{ ...argo, workflows_argoproj_io_outputs: output([{ name: 'x' }, { name: 'task-id', value: 't-1f' }]) }],
      'TrainFlow argo-forecast-abc12 train t-1f 1',
    ],
    [
      'Argo: outputs that are no JSON',
      [{ ...argo, workflows_argoproj_io_outputs: '{' }],
      'TrainFlow argo-forecast-abc12 train  1',
    ],
    [
      'Argo: outputs of another shape',
      [{ ...argo, workflows_argoproj_io_outputs: '{"parameters":[null,3]}' }],
      'TrainFlow argo-forecast-abc12 train  1',
    ],
    [
      'Argo: the run from the workflow label',
      [noRun, { workflows_argoproj_io_workflow: 'wf-x' }],
      'TrainFlow argo-wf-x train  1',
    ],
    [
      'Argo: a run id that was never filled in',
      [{ ...noRun, metaflow_run_id: 'argo-{{workflow.name}}' }, { workflows_argoproj_io_workflow: 'wf-x' }],
      'TrainFlow argo-wf-x train  1',
    ],
    [
      'Argo: the annotation before the label',
      [argo, { workflows_argoproj_io_workflow: 'wf-x' }],
      'TrainFlow argo-forecast-abc12 train  1',
    ],
    [
      'Argo: an exit hook has no step',
      [{ ...argo, metaflow_step_name: '', metaflow_task_id: 't-9' }],
      'TrainFlow argo-forecast-abc12   1',
    ],
    ['Airflow: no run', [{ metaflow_flow_name: 'TrainFlow', metaflow_user: 'ana' }], null],
    ['a notebook', [{}], null],
    ['a workflow without annotations', [{}, { workflows_argoproj_io_workflow: 'wf-x' }], null],
    ['a gang: control, by its labels', [gang, place('control', '0')], 'TrainFlow 101 train 77 1'],
    ['a gang: worker 2, by its labels', [gang, place('worker', '2')], 'TrainFlow 101 train 77-worker-2 1'],
    [
      'a gang: worker 0, by its annotations',
      [{ ...gang, ...place('worker', '0') }],
      'TrainFlow 101 train 77-worker-0 1',
    ],
    ['a gang: worker 3, by its job', [gang, {}, job('js-7f-worker-3')], 'TrainFlow 101 train 77-worker-3 1'],
    ['a gang: nothing says which node', [gang, {}, job('t-1a2b3c4d')], 'TrainFlow 101 train  1'],
    [
      'a gang of Argo: worker 4',
      [argo, { ...place('worker', '4'), task_id_entropy: 'e1' }],
      'TrainFlow argo-forecast-abc12 train worker-e1-4 1',
    ],
    [
      'a gang of Argo: control',
      [argo, { ...place('control', '0'), task_id_entropy: 'e1' }],
      'TrainFlow argo-forecast-abc12 train control-e1-0 1',
    ],
    ['an attempt that is no number', [{ ...task, metaflow_attempt: '{{retries}}' }], 'TrainFlow 101 train 1001 '],
    ['no attempt', [{ ...task, metaflow_attempt: '' }], 'TrainFlow 101 train 1001 '],
  ])('%s', (_name, words, expected) => {
    expect(pathOf(...words)).toBe(expected);
  });
});

describe('What may be shown of a pod', () => {
  it('leaves out secrets, tokens, manifests and long texts, and prefers labels', () => {
    const annotations = {
      metaflow_production_token: 'forecast-0',
      kubectl_kubernetes_io_last_applied_configuration: '{"env":[]}',
      metaflow_parameters: '{"password":"x"}',
      db_password: 'x',
      vault_secret_path: 'x',
      story: 'x'.repeat(201),
      model_version: 'bert-7',
      team: 'from-annotation',
    };
    expect(shownLabels({ annotations, labels: { team: 'search' } })).toEqual({
      model_version: 'bert-7',
      team: 'search',
    });
  });

  it.each([
    ['db_pwd', 'x'],
    ['proxy_authorization', 'x'],
    ['bearer', 'x'],
    ['sentry_dsn', 'x'],
    ['private_key', 'x'],
    ['aws_credentials', 'x'],
    ['queue', 'amqp://me:CANARY@queue:5672'],
    ['header', 'Bearer CANARY'],
    ['header', 'basic CANARY'],
  ])('leaves out %s: %s', (name, value) => {
    expect(shownLabels({ annotations: { [name]: value }, labels: {} })).toEqual({});
    expect(shownLabels({ annotations: {}, labels: { [name]: value } })).toEqual({});
  });

  it('keeps addresses without a password, and words that only sound alike', () => {
    const labels = { docs: 'https://wiki/a:b', image: 'repo/x@sha256:1', owner: 'bearers' };
    expect(shownLabels({ annotations: {}, labels })).toEqual(labels);
  });
});
