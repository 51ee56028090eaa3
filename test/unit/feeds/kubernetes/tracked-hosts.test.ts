import { exposed, type MadeNode, ReadCluster } from './made-cluster';
import { at, lookOf, NODE, page, POD, type Look } from './pod-story';

const here = lookOf('Running');

describe('Hosts', () => {
  const hostsOf = (cluster: ReadCluster): unknown[] =>
    [...cluster.state.hosts.values()].map(({ host }) => [host.name, host.from, host.to]);
  const node = (more: Partial<MadeNode>): Look => ({ pods: [POD], nodes: [{ ...NODE, ...more }] });

  it.each<[string, number | undefined, number]>([
    ['from its creation, where that is of this hour', 600, 600],
    ['from the hour in which it was first seen, where it is older', -7200, 0],
    ['from that hour, where nobody tells', undefined, 0],
    ['from when it was seen, where its clock is ahead', 1900, 1800],
  ])('exists %s', (_, created, from) => {
    const cluster = new ReadCluster();
    cluster.read(at(1800), page(node({ created: created === undefined ? undefined : at(created) })));
    expect(hostsOf(cluster)).toEqual([['n', at(from), null]]);
  });

  it('ends when it was last seen, once two reads lack it, and is back when it is', () => {
    const cluster = new ReadCluster();
    const elsewhere: Look = { nodes: [{ name: 'm' }] };
    for (const [second, look] of [
      [0, here],
      [30, here],
      [60, elsewhere],
    ] as const)
      cluster.read(at(second), page(look));
    expect(hostsOf(cluster)).toEqual([
      ['n', at(0), null],
      ['m', at(0), null],
    ]);
    expect(cluster.read(at(90), page(elsewhere)).hosts.map(({ name, to }) => [name, to])).toEqual([['n', at(30)]]);
    expect(cluster.read(at(120), page(here)).hosts.map(({ name, to }) => [name, to])).toEqual([['n', null]]);
  });

  it('are told when new or changed', () => {
    const cluster = new ReadCluster();
    const names = (second: number, look: Look): string[] =>
      cluster.read(at(second), page(look)).hosts.map((one) => one.name);
    const labeled = node({ labels: { label_node_kubernetes_io_instance_type: 'p4d.24xlarge' } });
    expect([names(0, here), names(30, here), names(60, labeled), names(90, labeled)]).toEqual([['n'], [], ['n'], []]);
  });

  it('of one name are two where the cloud says so, and each pod is on its own', () => {
    const cluster = new ReadCluster();
    const first = node({ created: at(-7200) });
    const second: Look = {
      nodes: [{ ...NODE, providerId: 'aws:///us-east-1a/i-2', created: at(40) }],
      pods: [POD, { ...POD, name: 'q', start: at(50) }],
    };
    for (const [time, look] of [
      [0, first],
      [60, second],
      [90, second],
    ] as const)
      cluster.read(at(time), page(look));
    expect(hostsOf(cluster)).toEqual([
      ['n', at(0), at(0)],
      ['n@i-2', at(40), null],
    ]);
    expect([cluster.pod('p'), cluster.pod('q')]).toMatchObject([
      { host: 'n', end: at(0), endEstimated: true },
      { host: 'n@i-2', end: null },
    ]);
  });

  it.each([
    ['GCP: the same id, another board', { providerId: 'gce://p/z/n', uuid: 'b' }, ['n', 'n@b']],
    ['an id that was told later', { providerId: 'aws:///z/i-9', uuid: 'a' }, ['n']],
    ['the same once more', { uuid: 'a' }, ['n']],
    ["another board of one's own", { uuid: 'c' }, ['n', 'n@c']],
  ])('are told apart by id and board: %s', (_, later, names) => {
    const before = { providerId: _.startsWith('GCP') ? 'gce://p/z/n' : '', uuid: 'a' };
    const cluster = new ReadCluster();
    cluster.read(at(0), page(node(before)));
    cluster.read(at(30), page(node({ providerId: '', ...later })));
    expect([...cluster.state.hosts.keys()]).toEqual(names);
  });

  it('lose no GPUs while their device plugin is away (R11)', () => {
    const cluster = new ReadCluster();
    cluster.read(at(0), page(here));
    cluster.read(at(30), page(node({ capacity: { nvidia_com_gpu: 0 } })));
    const { host, conflict } = cluster.state.hosts.get('n')!;
    expect([host.gpus, conflict]).toEqual([8_000_000_000n, 'offered GPUs before and offers 0 now']);
    cluster.read(at(60), page(here));
    expect(cluster.state.hosts.get('n')!.conflict).toBeNull();
  });

  it('that are shared give a pod its part as soon as they are known', () => {
    const cluster = new ReadCluster();
    const [A, B] = ['http://a:1/', 'http://b:1/'];
    const labels = { label_nvidia_com_gpu_replicas: '4' };
    cluster.read(at(0), exposed({ pods: [POD] }), A);
    expect(cluster.pod('p')).toMatchObject({ shared: false, host: 'n' });
    const { pods } = cluster.read(at(1), exposed({ nodes: [{ ...NODE, labels }] }), B);
    expect(pods).toMatchObject([{ ref: { name: 'p' }, shared: true, held: { gpus: 500_000_000n } }]);
  });
});
