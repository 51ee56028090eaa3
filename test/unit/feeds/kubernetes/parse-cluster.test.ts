import { FeedError } from '../../../../exporter/src/feeds/feed';
import type { SeenPod } from '../../../../exporter/src/feeds/kubernetes/cluster-snapshot';
import { clusterOf, MORNING } from './made-cluster';

const INFO = 'kube_pod_info{namespace="ml",pod="p",uid="u",node="n"} 1\n';
const RUNS = 'kube_pod_status_phase{namespace="ml",pod="p",uid="u",phase="Running"} 1\n';
const NAMED = 'namespace="ml",pod="p",uid="u"';
const REQUEST = 'kube_pod_container_resource_requests';
const request = (labels: string, amount: number | string): string => `${REQUEST}{${labels}} ${amount}\n`;
const gpu = (container: string, node: string): string =>
  `${NAMED},container="${container}",node="${node}",resource="nvidia_com_gpu",unit="integer"`;
const only = (text: string): SeenPod => [...clusterOf(INFO + text).snapshot.pods.values()][0]!;
const gpusOf = (text: string): number | undefined => only(text).requests.get('nvidia_com_gpu');
const seconds = MORNING / 1000;

describe("A pod's effective request", () => {
  const init = (container: string, amount: number): string =>
    `kube_pod_init_${request(gpu(container, 'n'), amount).slice('kube_pod_'.length)}`;
  const sidecar = `kube_pod_init_container_info{${NAMED},container="proxy",restart_policy="Always"} 1\n`;
  it.each([
    ['one container', request(gpu('main', 'n'), 4), 4],
    ['two containers', request(gpu('main', 'n'), 4) + request(gpu('side', 'n'), 1), 5],
    ['an init container that asks for more', request(gpu('main', 'n'), 1) + init('warm', 2), 2],
    ['two init containers, one after the other', init('a', 2) + init('b', 3) + request(gpu('main', 'n'), 1), 3],
    ['an init container that asks for less', request(gpu('main', 'n'), 4) + init('warm', 2), 4],
    ['a sidecar, which is an init container that stays', request(gpu('main', 'n'), 1) + init('proxy', 1) + sidecar, 2],
    ['rows of before and after scheduling (#1828)', request(gpu('main', ''), 4) + request(gpu('main', 'n'), 4), 4],
    ['rows of before scheduling alone', request(gpu('main', ''), 4), 4],
    [
      'rows of two replicas',
      request(`${gpu('main', 'n')},instance="a"`, 4) + request(`${gpu('main', 'n')},instance="b"`, 4),
      4,
    ],
  ])('with %s', (_, text, gpus) => {
    expect(gpusOf(text)).toBe(gpus);
  });
});

describe('Times and phases', () => {
  it('become UTC milliseconds', () => {
    const pod = only(`kube_pod_start_time{${NAMED}} 1.7952300055e+09\n`);
    expect(pod.started).toBe(1_795_230_005_500);
  });

  it('of a pod whose phase nobody tells are unknown', () => {
    expect([only('').phase, only(RUNS).phase, only(RUNS.replace(' 1', ' 0')).phase]).toEqual([
      'Unknown',
      'Running',
      'Unknown',
    ]);
  });

  it.each([
    ['R34: 1970', 0, 'out_of_range', 'bad_sample'],
    ['R34: milliseconds for seconds', MORNING, 'future', 'clock_skew'],
    ['R34: an hour ahead', seconds + 3600, 'future', 'clock_skew'],
    ['R34: 2038', 2_147_483_648, 'future', 'clock_skew'],
    ['R34: 2106', 4_294_967_296, 'future', 'clock_skew'],
    ['negative', -1, 'out_of_range', 'bad_sample'],
    ['R40: infinite', '+Inf', 'future', 'clock_skew'],
    ['R40: not a number', 'NaN', 'nan', 'bad_sample'],
  ])('that cannot be believed are left out, counted and told: %s', (_, value, reason, code) => {
    const { snapshot, dropped, issues, rows } = clusterOf(
      `${INFO}${RUNS}${request(gpu('c', 'n'), 1)}kube_pod_start_time{${NAMED}} ${value}\n`,
    );
    expect(snapshot.pods.get('u')!.started).toBeNull();
    expect([dropped, rows]).toEqual([{ [reason]: 1 }, { accepted: 3, rejected: 1 }]);
    expect(issues).toMatchObject([{ code, feed: 'k8s', field: 'kube_pod_start_time', line: 4, count: 1 }]);
  });

  it("of minutes ahead are a clock's skew that is borne", () => {
    expect(only(`kube_pod_start_time{${NAMED}} ${seconds + 300}\n`).started).toBe(MORNING + 300_000);
    expect(only(`kube_pod_deletion_timestamp{${NAMED}} ${seconds + 3600}\n`).deletion).toBe(MORNING + 3_600_000);
  });

  it.each(['-1', '+Inf', 'NaN', '1e300'])('and amounts of %s are left out', (amount) => {
    expect(gpusOf(request(gpu('main', 'n'), amount))).toBeUndefined();
  });
});

describe('Behind a Prometheus without honor_labels', () => {
  const own = 'namespace="monitoring",pod="ksm-0",container="ksm",instance="10.0.0.1:8080",job="ksm"';
  const object = 'exported_namespace="ml",exported_pod="p",uid="u"';

  it('the exported labels name the pod, and never one of each', () => {
    const text =
      `kube_pod_info{${own},${object},node="n"} 1\n` +
      request(`${own},${object},exported_container="a",node="n",resource="nvidia_com_gpu"`, 2) +
      request(`${own},${object},exported_container="b",node="n",resource="nvidia_com_gpu"`, 1);
    const [pod] = clusterOf(text).snapshot.pods.values();
    expect([pod!.namespace, pod!.name, pod!.requests.get('nvidia_com_gpu')]).toEqual(['ml', 'p', 3]);
  });

  it('nothing is guessed from half a set', () => {
    const { snapshot } = clusterOf(`kube_pod_info{${own},exported_pod="p",uid="u",node="n"} 1\n`);
    expect(snapshot.pods.size).toBe(0);
  });

  it('a node that is a label of the target too is exported_node', () => {
    const { snapshot } = clusterOf('kube_node_info{node="ksm-node",exported_node="n",provider_id="aws:///z/i-1"} 1\n');
    expect([...snapshot.nodes.keys()]).toEqual(['n']);
  });
});

describe('Names of one object in very many lines', () => {
  const NODE = 'kube_node_info{node="n"} 1\n';
  const lines = (count: number): string =>
    Array.from(
      { length: count },
      (_, index) =>
        `kube_pod_annotations{${NAMED},annotation_a${index}="x"} 1\n` +
        `kube_pod_labels{${NAMED},label_a${index}="x"} 1\nkube_node_labels{node="n",label_a${index}="x"} 1\n`,
    ).join('');
  const parsed = (count: number): { names: number[]; took: number } => {
    const text = INFO + NODE + lines(count);
    const begun = performance.now();
    const { pods, nodes } = clusterOf(text).snapshot;
    const { annotations, labels } = pods.get('u')!;
    const names = [annotations!, labels, nodes.get('n')!.labels].map((values) => Object.keys(values).length);
    return { names, took: performance.now() - begun };
  };

  it('are gathered without copying: four times the lines take about four times as long', () => {
    parsed(1000);
    const few = Math.min(...[1, 2, 3].map(() => parsed(5000).took));
    const many = Math.min(...[1, 2, 3].map(() => parsed(20_000).took));
    expect(parsed(20_000).names).toEqual([20_000, 20_000, 20_000]);
    expect(many / few).toBeLessThan(8);
  });

  it('may be called __proto__', () => {
    const { pods, nodes } = clusterOf(
      `${INFO}${NODE}kube_pod_labels{${NAMED},label___proto__="x"} 1\n` +
        'kube_node_labels{node="n",label___proto__="y"} 1\n',
    ).snapshot;
    const own = [pods.get('u')!.labels, nodes.get('n')!.labels].map((values) => Object.entries(values));
    expect(own).toEqual([[['__proto__', 'x']], [['__proto__', 'y']]]);
  });
});

describe('Old and unusual sources', () => {
  it('give the uid with kube_pod_info alone: the name leads to it', () => {
    expect(gpusOf(request('namespace="ml",pod="p",container="c",node="n",resource="nvidia_com_gpu"', 2))).toBe(2);
  });

  it('have rows that lead to no pod, which are counted', () => {
    const twice = INFO + INFO.replaceAll('"u"', '"v"');
    const { dropped } = clusterOf(`${twice}kube_pod_start_time{namespace="ml",pod="p"} ${seconds}\n`);
    expect(dropped).toEqual({ no_pod: 1 });
  });

  it('file kube_pod_info under another family (OpenMetrics)', () => {
    const { snapshot } = clusterOf(`# TYPE kube_pod info\n${INFO}# EOF\n`);
    expect(snapshot.pods.has('u')).toBe(true);
  });

  it('tell by their owner, or by kube_pod_info, what created a pod', () => {
    const created = INFO.replace('node="n"', 'node="n",created_by_kind="Job",created_by_name="j"');
    expect(only(created).owner).toEqual({ kind: 'Job', name: 'j' });
    const owner = (kind: string, name: string, more = ''): string =>
      `kube_pod_owner{${NAMED},owner_kind="${kind}",owner_name="${name}",owner_is_controller="true"} 1\n${more}`;
    expect(only(owner('<none>', '<none>')).owner).toBeNull();
    expect(only(owner('ReplicaSet', 'api-6d4f5b7c9d')).owner).toEqual({ kind: 'Deployment', name: 'api' });
    expect(only(owner('ReplicaSet', 'api-db')).owner).toEqual({ kind: 'ReplicaSet', name: 'api-db' });
    const link =
      'kube_replicaset_owner{namespace="ml",replicaset="api-x",owner_kind="Deployment",owner_name="api"} 1\n';
    expect(only(owner('ReplicaSet', 'api-x', link)).owner).toEqual({ kind: 'Deployment', name: 'api' });
  });

  it('keep what is allocatable where capacity is not told', () => {
    const line = (kind: string, amount: number): string =>
      `kube_node_status_${kind}{node="n",resource="cpu",unit="core"} ${amount}\n`;
    const cpus = (text: string): number | undefined => clusterOf(text).snapshot.nodes.get('n')?.capacity.get('cpu');
    expect([cpus(line('allocatable', 7)), cpus(line('capacity', 8) + line('allocatable', 7))]).toEqual([7, 8]);
  });

  it('without the requests of pods are told so', () => {
    expect(clusterOf(INFO).issues).toMatchObject([{ code: 'missing_field', field: REQUEST }]);
  });

  it('with a line that is none keep the others and name it', () => {
    const { snapshot, dropped, issues } = clusterOf(
      `${INFO}${request(gpu('c', 'n'), 1)}kube_pod_start_time{${NAMED} 1\n`,
    );
    expect([snapshot.pods.size, dropped]).toEqual([1, { parse: 1 }]);
    expect(issues).toMatchObject([{ code: 'bad_sample', line: 3 }]);
  });

  it('with a line that is none never show what stands in it beside its name', () => {
    for (const [line, value] of [
      ['kube_pod_annotations{annotation_db_password="CANARY"', 'kube_pod_annotations'],
      ['kube_pod_info CANARY', 'kube_pod_info'],
      ['{"CANARY"', null],
      ['CANARY$ 1', null],
    ]) {
      const { issues } = clusterOf(`${INFO}${request(gpu('c', 'n'), 1)}${line}\n`);
      expect(issues).toMatchObject([{ code: 'bad_sample', line: 3, value }]);
      expect(JSON.stringify(issues)).not.toContain('CANARY');
    }
  });

  it('that are something else are refused', () => {
    expect(() => clusterOf('node_boot_time_seconds 1\n')).toThrow(FeedError);
  });
});
