import { DEFAULT_DIMENSION_RULES, labelsOf } from '../../../exporter/src/ledger/dimensions';
import { workloadOf } from '../../../exporter/src/ledger/workloads';
import { nanoGpus } from '../../../exporter/src/units/quantity';
import { at, lines, names, pod } from './run-facts';

const NAMELESS = { kind: 'ReplicaSet', name: 'llama-7c8d9f5b6' };

describe('A pod that holds GPUs and is no run is a workload', () => {
  test('with the pod as its attempt', () => {
    const workload = workloadOf(pod('a', ['10:00', '10:47'], { owner: { kind: 'StatefulSet', name: 'llama' } }))!;
    expect(workload.attempt.key).toEqual({
      deployment: 'gpu-cluster',
      flow: '',
      run: 'ml/llama',
      step: 'pod-a',
      task: 'a',
      attempt: 0,
    });
    expect(lines({ attempts: [workload.attempt] })).toEqual(['pod-a/a#0 10:00-10:47 pod succeeded node-1 2 exact a']);
    expect(workload.run).toMatchObject({
      key: { deployment: 'gpu-cluster', flow: '', run: 'ml/llama' },
      startedAt: at('10:00'),
      endedAt: at('10:47'),
      user: null,
      runtime: 'kubernetes',
    });
  });

  test('that runs while its pod lives', () => {
    const { attempt, run } = workloadOf(pod('a', ['10:00'], { shared: true }))!;
    expect([attempt.end, attempt.outcome, attempt.confidence]).toEqual([null, 'running', 'shared']);
    expect([run.endedAt, run.outcome]).toEqual([null, 'running']);
  });

  test.each([
    ['waits for a node', pod('a', [null], { host: null, phase: 'Pending' })],
    ['is an attempt of a run', pod('a', ['10:00'], { identity: names('train', '42') })],
    ['holds no GPU', pod('a', ['10:00'], { held: { ...pod('a', ['10:00']).held, gpus: nanoGpus(0n) } })],
  ])('but not one that %s', (_what, other) => {
    expect(workloadOf(other)).toBeNull();
  });
});

describe('A workload keeps its name over a rollout', () => {
  test.each([
    ['a replica set, by the hash in its pods’ label', NAMELESS, { pod_template_hash: '7c8d9f5b6' }, 'llama'],
    ['a replica set, by the look of its hash', NAMELESS, {}, 'llama'],
    ['a replica set whose name ends in a word', { kind: 'ReplicaSet', name: 'llama-server' }, {}, 'llama-server'],
    ['a job', { kind: 'Job', name: 'nightly-28389120' }, {}, 'nightly-28389120'],
    ['a stateful set', { kind: 'StatefulSet', name: 'cache-bcdfg' }, {}, 'cache-bcdfg'],
    ['a pod that nothing owns', null, {}, 'pod-a'],
  ])('%s', (_what, owner, labels: Record<string, string>, name) => {
    expect(workloadOf(pod('a', ['10:00'], { owner, labels }))!.run.key.run).toBe(`ml/${name}`);
  });
});

describe('A workload’s labels are tags, so that the rules for dimensions apply', () => {
  test.each([
    ['team and cost center', { team: 'search', 'cost-center': 'cc-7' }, { team: 'search', cost_center: 'cc-7' }],
    ['project and experiment', { project: 'rank', experiment: 'e-1' }, { project: 'rank', experiment: 'e-1' }],
    ['model version', { 'model-version': 'v3', app_kubernetes_io_version: '1.2' }, { model_version: 'v3' }],
    ['the app’s version where there is no other', { app_kubernetes_io_version: '1.2' }, { model_version: '1.2' }],
    ['nothing', {}, {}],
  ])('%s', (_what, labels: Record<string, string>, found) => {
    const { run } = workloadOf(pod('a', ['10:00'], { labels }))!;
    const none = { team: null, project: null, cost_center: null, experiment: null, model_version: null };
    expect(labelsOf(run, DEFAULT_DIMENSION_RULES)).toEqual({ ...none, ...found });
  });

  test('but neither hashes nor secrets nor empty ones', () => {
    const labels = { pod_template_hash: 'x', metaflow_production_token: 's3cret', api_token: 't', tier: '', zone: 'a' };
    expect(workloadOf(pod('a', ['10:00'], { labels }))!.run.tags).toEqual(['zone:a']);
  });
});
