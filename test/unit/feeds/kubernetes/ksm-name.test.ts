import { gatherValues, ksmNames, noValues, textOf, valueOf } from '../../../../exporter/src/feeds/kubernetes/ksm-name';

describe('A Kubernetes key as kube-state-metrics names it', () => {
  it.each([
    ['metaflow/run_id', 'annotation_metaflow_run_id'],
    ['metaflow/control-task-id', 'annotation_metaflow_control_task_id'],
    ['app.kubernetes.io/name', 'annotation_app_kubernetes_io_name'],
    ['eks.amazonaws.com/capacityType', 'annotation_eks_amazonaws_com_capacity_type'],
    ['karpenter.sh/capacity-type', 'annotation_karpenter_sh_capacity_type'],
    ['cloud.google.com/gke-spot', 'annotation_cloud_google_com_gke_spot'],
    ['kubernetes.azure.com/scalesetpriority', 'annotation_kubernetes_azure_com_scalesetpriority'],
    ['node.kubernetes.io/instance-type', 'annotation_node_kubernetes_io_instance_type'],
    ['topology.kubernetes.io/zone', 'annotation_topology_kubernetes_io_zone'],
    ['nvidia.com/gpu.product', 'annotation_nvidia_com_gpu_product'],
    ['camelCase', 'annotation_camel_case'],
    ['snake_camelCase', 'annotation_snake_camel_case'],
    ['conflicting_camelCase', 'annotation_conflicting_camel_case'],
    ['HTTPServer', 'annotation_httpserver'],
    ['a1B', 'annotation_a1_b'],
    ['größe', 'annotation_gr__e'],
  ])('%s is %s', (key, name) => {
    expect([...ksmNames([key], 'annotation').values()]).toEqual([name]);
  });

  it('gets a number where keys collide, all of them, in the order of the keys', () => {
    const names = ksmNames(['prefix.conflictA', 'prefix/conflictA', 'prefix-conflictA', 'alone'], 'label');
    expect(Object.fromEntries(names)).toEqual({
      alone: 'label_alone',
      'prefix-conflictA': 'label_prefix_conflict_a_conflict1',
      'prefix.conflictA': 'label_prefix_conflict_a_conflict2',
      'prefix/conflictA': 'label_prefix_conflict_a_conflict3',
    });
  });

  it('has one name for one key, however often it is given', () => {
    expect([...ksmNames(['b', 'b'], 'label').values()]).toEqual(['label_b']);
  });
});

describe('The value of a key', () => {
  const key = 'eks.amazonaws.com/capacityType';
  it.each([
    ['kube-state-metrics 2', { eks_amazonaws_com_capacity_type: 'SPOT' }, 'SPOT'],
    ['kube-state-metrics 1, Prometheus and dcgm-exporter', { eks_amazonaws_com_capacityType: 'SPOT' }, 'SPOT'],
    ['keys that collide and agree', spelled('SPOT', 'SPOT'), 'SPOT'],
    ['keys that collide and differ', spelled('SPOT', 'ON_DEMAND'), null],
    ['an empty text', { eks_amazonaws_com_capacity_type: '' }, ''],
    ['another key', { eks_amazonaws_com_nodegroup: 'gpu' }, null],
  ])('is found in the spelling of %s', (_, values, expected) => {
    expect(valueOf(values, key)).toBe(expected);
  });

  it('is text only where it is not empty', () => {
    expect([textOf({ a_b: '' }, 'a/b'), textOf({}, 'a/b'), textOf({ a_b: '0' }, 'a/b')]).toEqual([null, null, '0']);
  });

  it('is looked for among the labels of one kind', () => {
    const labels = new Map([
      ['namespace', 'ml'],
      ['label_team', 'search'],
      ['annotation_team', 'other'],
      ['label___proto__', 'kept'],
    ]);
    const values = noValues();
    gatherValues(values, labels, 'label_');
    expect(Object.entries(values)).toEqual([
      ['team', 'search'],
      ['__proto__', 'kept'],
    ]);
  });
});

function spelled(first: string, second: string): { [name: string]: string } {
  return {
    eks_amazonaws_com_capacity_type_conflict1: first,
    eks_amazonaws_com_capacity_type_conflict2: second,
  };
}
