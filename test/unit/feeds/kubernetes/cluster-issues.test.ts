import { clusterIssues } from '../../../../exporter/src/feeds/kubernetes/cluster-issues';
import { ToldIssues } from '../../../../exporter/src/feeds/kubernetes/told-issues';
import type { Issue } from '../../../../exporter/src/facts/issue';
import { exposed, type MadeNode, type MadePod, MORNING, ReadCluster } from './made-cluster';

const gpus = { requests: { nvidia_com_gpu: 1 } };
const identity = {
  annotation_metaflow_flow_name: 'F',
  annotation_metaflow_run_id: '1',
  annotation_metaflow_step_name: 's',
  annotation_metaflow_attempt: '0',
};
const { annotation_metaflow_step_name: _, ...noStep } = identity;
const metaflow = { label_app_kubernetes_io_part_of: 'metaflow' };

const issuesOf = (what: { pods?: MadePod[]; nodes?: MadeNode[] }): Issue[] => {
  const cluster = new ReadCluster();
  cluster.read(MORNING, exposed(what));
  return clusterIssues(cluster.state, MORNING);
};

describe('A missing allow-list of annotations', () => {
  it.each<[string, MadePod[], string | null]>([
    ['GPU pods, no series of annotations at all', [{ name: 'a', ...gpus }], 'flow_name'],
    ['a pod with a name of Metaflow', [{ name: 't-1a2b3c4d-xx1' }], 'flow_name'],
    ["a gang's pod", [{ name: 'js-7f-worker-0-0-bb' }], 'flow_name'],
    ['a pod with a label of Metaflow', [{ name: 'a', labels: metaflow }], 'flow_name'],
    ['neither GPUs nor Metaflow', [{ name: 'a' }], null],
    ['no pods', [], null],
    ['GPU pods whose annotations are let through', [{ name: 'a', ...gpus, annotations: {} }], null],
    ["Metaflow's pods, other annotations are let through", [{ name: 't-1a2b3c4d-x', annotations: {} }], 'flow_name'],
    [
      'all that is wanted',
      [
        { name: 't-1a2b3c4d-x', annotations: identity },
        { name: 'b', ...gpus },
      ],
      null,
    ],
    ['all but the step', [{ name: 't-1a2b3c4d-x', annotations: noStep }], 'step_name'],
    [
      'one pod lacks them',
      [
        { name: 'a', annotations: {}, ...gpus },
        { name: 't-1a2b3c4d-x', annotations: identity },
      ],
      null,
    ],
  ])('is found or not: %s', (_name, pods, missing) => {
    const issues = issuesOf({ pods });
    if (missing === null) expect(issues).toEqual([]);
    else {
      expect(issues).toMatchObject([{ code: 'missing_allow_list', field: 'kube_pod_annotations', feed: 'k8s' }]);
      expect(issues[0]!.reason).toContain(`annotation_metaflow_${missing}`);
    }
  });

  it('prints the exact flag', () => {
    const [issue] = issuesOf({ pods: [{ name: 'a', ...gpus }] });
    expect(issue!.remedy).toBe(
      'Start kube-state-metrics with --metric-annotations-allowlist=pods=[metaflow/run_id,metaflow/flow_name,' +
        'metaflow/step_name,metaflow/task_id,metaflow/attempt,metaflow/user,metaflow/control-task-id,' +
        'metaflow/project_name,metaflow/branch_name]',
    );
  });
});

describe('A missing allow-list of node labels', () => {
  const aws = 'aws:///us-east-1a/i-1';
  it.each<[string, MadeNode, boolean]>([
    ["a cloud's node without any", { name: 'n', providerId: aws }, true],
    ["a node of one's own without any", { name: 'n' }, true],
    ["a node of one's own with others", { name: 'n', labels: { label_rack: '3' } }, false],
    ["a cloud's node with others", { name: 'n', providerId: aws, labels: { label_rack: '3' } }, true],
    [
      "a cloud's node with its type",
      { name: 'n', providerId: aws, labels: { label_node_kubernetes_io_instance_type: 'x' } },
      false,
    ],
  ])('is found or not: %s', (_name, node, isMissing) => {
    const issues = issuesOf({ nodes: [node] });
    expect(issues.map(({ code, field }) => [code, field])).toEqual(
      isMissing ? [['missing_allow_list', 'kube_node_labels']] : [],
    );
  });

  it('prints a flag with the keys that prices are found by', () => {
    const { remedy } = issuesOf({ nodes: [{ name: 'n' }] })[0]!;
    expect(remedy).toMatch(/--metric-labels-allowlist=pods=\[app\.kubernetes\.io\/name,.*\],nodes=\[.*\]$/);
    for (const key of [
      'node.kubernetes.io/instance-type',
      'topology.kubernetes.io/zone',
      'eks.amazonaws.com/capacityType',
      'karpenter.sh/capacity-type',
      'cloud.google.com/gke-spot',
      'cloud.google.com/gke-preemptible',
      'kubernetes.azure.com/scalesetpriority',
      'nvidia.com/gpu.product',
      'nvidia.com/gpu.replicas',
      'nvidia.com/gpu.sharing-strategy',
      'nvidia.com/mig.strategy',
    ])
      expect(remedy).toContain(key);
  });
});

describe('GPUs that do not add up (R11)', () => {
  const labels = { label_node_kubernetes_io_instance_type: 'p4d.24xlarge', label_nvidia_com_gpu_count: '8' };
  it.each([
    ['are told once the node is ten minutes old', MORNING - 600_000, ['gpu_count_conflict']],
    ["are borne while a new node's device plugin starts", MORNING - 599_000, []],
  ])('%s', (_name, created, codes) => {
    const issues = issuesOf({ nodes: [{ name: 'n', created, labels }] });
    expect(issues.map(({ code }) => code)).toEqual(codes);
  });
});

describe('Issues that were told', () => {
  const issue = { code: 'bad_sample', feed: 'k8s', field: 'x', count: 2 } as Issue;
  it('are told once, again when their count changes, and with count 0 when they are over', () => {
    const told = new ToldIssues();
    const counts = (): number[] => told.take().map(({ count }) => count);
    told.replace('a', [issue]);
    expect([counts(), counts()]).toEqual([[2], []]);
    told.replace('b', [issue]);
    expect(counts()).toEqual([4]);
    told.forget('b');
    expect(counts()).toEqual([2]);
    told.replace('a', []);
    expect([counts(), counts()]).toEqual([[0], []]);
  });
});
