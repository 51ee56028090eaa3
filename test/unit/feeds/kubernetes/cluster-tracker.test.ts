import { exposed, type MadePod, ReadCluster } from './made-cluster';
import { at, lookOf, NODE, page, POD, podAfter, START, timeOf, type Look } from './pod-story';

const here = lookOf('Running');
const gone = lookOf('gone');
const ended = lookOf('Succeeded');

describe('When a pod holds its host', () => {
  it.each([
    ['it runs', '0 Running', '-3600 to now'],
    ['pending and not placed: it holds nothing', '0 Pending unplaced', 'never to now'],
    ['pending and placed: image pull is included', '0 Pending', '-3600 to now'],
    ['pending, placed, not accepted yet', '0 Pending unaccepted', 'never to now'],
    ['seen waiting for long, then accepted', '0 Pending unaccepted | 600 Running start@590', '590 to now'],
    ['running, start not told: since its container', '0 Running unaccepted containerStarted@-9', '-9 to now'],
    ['started by a clock that is ahead', '0 Running start@90', '0 to now'],
    ['succeeded', '0 Running | 30 Succeeded completed@10', '-3600 to 10'],
    ['failed, and its request is still told', '0 Failed completed@-600', '-3600 to -600'],
    ['ended by a clock that is ahead', '0 Running | 30 Failed completed@300', '-3600 to 30'],
    ['finished without a time', '0 Running | 30 Failed', '-3600 to 15~'],
    ['finished before it was seen, without a time', '0 Failed containerStarted@-60', '-3600 to -60~'],
    ['rejected by its node', '0 Failed', '-3600 to -3600~'],
    ['completion time while another container runs', '0 Running completed@-60', '-3600 to now'],
    ['a restart', '0 Running terminated@-60 containerStarted@-50', '-3600 to now'],
    ['terminating, still there', '0 Running deletion@-20', '-3600 to now'],
    ['gone for one read', '0 Running | 30 gone', '-3600 to now'],
    ['gone for two reads (#2118)', '0 Running | 30 gone | 60 gone', '-3600 to 15~'],
    ['gone, and read on', '0 Running | 30 gone | 60 gone | 90 gone | 3600 gone', '-3600 to 15~'],
    ['gone, and back', '0 Running | 30 gone | 60 gone | 90 Running', '-3600 to now'],
    ['gone, back and gone', '0 Running | 30 gone | 60 gone | 90 Running | 120 gone | 150 gone', '-3600 to 105~'],
    ['gone after it succeeded', '0 Succeeded completed@-5 | 30 gone | 60 gone', '-3600 to -5'],
    ['gone, its end told with its last look', '0 Running completed@0 | 30 gone | 60 gone', '-3600 to 0'],
    ['gone, one container told before', '0 Running completed@-60 | 30 gone | 60 gone', '-3600 to 15~'],
    ['gone after a restart', '0 Running terminated@-9 containerStarted@-5 | 30 gone | 60 gone', '-3600 to 15~'],
    ['gone, to be deleted by then', '0 Running deletion@20 | 30 gone | 60 gone', '-3600 to 20'],
    ['gone before its grace was over', '0 Running deletion@600 | 30 gone | 60 gone', '-3600 to 30'],
    ['never placed, and gone', '0 Pending unplaced | 30 gone | 60 gone', 'never to 15~'],
    ['the node is lost, the pod unknown', '0 Running | 30 Unknown', '-3600 to now'],
    ['the node is gone for one read', '0 Running | 30 Unknown reclaimed', '-3600 to now'],
    ['spot reclaim: the pod is still told', '0 Running | 30 Running reclaimed | 60 Running reclaimed', '-3600 to 0~'],
    ['spot reclaim: the pod is gone too', '0 Running | 30 gone reclaimed | 60 gone reclaimed', '-3600 to 0~'],
    [
      'spot reclaim: told to have ended',
      '0 Failed completed@-5 | 30 gone reclaimed | 60 gone reclaimed',
      '-3600 to -5',
    ],
    ['the node is back', '0 Running | 30 gone reclaimed | 60 gone reclaimed | 90 Running', '-3600 to now'],
    ['a finished pod does not run again', '0 Succeeded completed@-5 | 30 Running', '-3600 to -5'],
  ])('%s', (_, story, time) => {
    expect(timeOf(podAfter(story))).toBe(time);
  });
});

describe('A gap of the source ends nothing', () => {
  const empty = (second: number): readonly [number, string] => [second, exposed({})];

  it.each([
    ['0 Running | 3600 Running', '-3600 to now'],
    ['0 Running | 3600 gone', '-3600 to now'],
    ['0 Running | 3600 gone | 3630 gone', '-3600 to 15~'],
  ])('where it cannot be read for an hour: %s', (story, time) => {
    expect(timeOf(podAfter(story))).toBe(time);
  });

  it('where it answers without any pod, for five minutes', () => {
    const cluster = new ReadCluster();
    cluster.read(at(0), page(here));
    for (const [second, text] of [30, 60, 90, 300].map(empty)) {
      expect(cluster.read(at(second), text)).toEqual({ complete: false, pods: [], hosts: [] });
    }
    cluster.read(at(329), page(here));
    expect(cluster.pod('p')!.end).toBeNull();
    for (const [second, text] of [360, 390, 660, 690].map(empty)) cluster.read(at(second), text);
    expect(cluster.pod('p')).toMatchObject({ end: at(329), endEstimated: true, host: 'n' });
  });
});

describe('Several targets of one cluster', () => {
  const [A, B] = ['http://ksm-0:8080/metrics', 'http://ksm-1:8080/metrics'];
  const other: MadePod = { ...POD, name: 'other' };
  const shard = (pods: readonly MadePod[]): string => exposed({ pods, nodes: [NODE] });

  it('as shards add up: a pod of one is not missed by the other', () => {
    const cluster = new ReadCluster();
    for (const second of [0, 30, 60, 90]) {
      cluster.read(at(second), shard([POD]), A);
      cluster.read(at(second), shard([other]), B);
    }
    expect([cluster.pod('p')!.end, cluster.pod('other')!.end]).toEqual([null, null]);
  });

  it('as replicas count once, and a pod is gone when both lack it', () => {
    const cluster = new ReadCluster();
    for (const target of [A, B]) cluster.read(at(0), page(here), target);
    expect(cluster.state.pods.size).toBe(2);
    for (const second of [30, 60]) cluster.read(at(second), page(gone), A);
    expect(cluster.pod('p')!.end).toBeNull();
    for (const second of [60, 90]) cluster.read(at(second), page(gone), B);
    expect(cluster.pod('p')!.end).toBe(at(15));
  });

  it('do not wait for ever for a replica that is dead', () => {
    const cluster = new ReadCluster();
    for (const target of [A, B]) cluster.read(at(0), page(here), target);
    for (const second of [30, 60, 270]) cluster.read(at(second), page(gone), A);
    expect(cluster.pod('p')!.end).toBeNull();
    cluster.read(at(300), page(gone), A);
    expect(cluster.pod('p')!.end).toBe(at(15));
  });
});

const OUTPUTS = 'annotation_workflows_argoproj_io_outputs';

describe('What is learned of a pod', () => {
  const said = {
    annotation_metaflow_flow_name: 'F',
    annotation_metaflow_run_id: 'argo-x',
    annotation_metaflow_step_name: 's',
  };
  it('is kept when the source tells it no more, and what comes later is added', () => {
    const outputs = JSON.stringify({ parameters: [{ name: 'task-id', value: 't-1' }] });
    const later = { ...said, annotation_metaflow_run_id: 'other', annotation_metaflow_user: 'ana' };
    const cluster = new ReadCluster();
    const told = [{ ...said, annotation_metaflow_user: '' }, undefined, { [OUTPUTS]: outputs }, later];
    told.forEach((annotations, index) => cluster.read(at(index * 30), page({ pods: [{ ...POD, annotations }] })));
    expect(cluster.pod('p')!.identity).toEqual({
      ...{ flow: 'F', run: 'argo-x', step: 's', task: 't-1' },
      ...{ attempt: null, user: 'ana', project: null },
    });
  });

  it('is told when it is new or changed, and only then', () => {
    const cluster = new ReadCluster();
    const names = (second: number, look: Look): string[] =>
      cluster
        .read(at(second), page(look))
        .pods.map(({ ref }) => ref.name)
        .sort();
    expect([names(0, here), names(30, here), names(60, ended), names(90, ended)]).toEqual([
      ['other', 'p'],
      [],
      ['p'],
      [],
    ]);
  });

  it('is of one uid: the same name again is another pod', () => {
    const cluster = new ReadCluster();
    const again: Look = { pods: [{ ...POD, uid: 'second', start: at(20) }] };
    for (const [second, look] of [
      [0, here],
      [30, again],
      [60, again],
    ] as const)
      cluster.read(at(second), page(look));
    const pods = [...cluster.state.pods.values()].map(({ pod }) => pod!).filter(({ ref }) => ref.name === 'p');
    expect(pods.map(({ ref, start, end }) => [ref.uid, start, end])).toEqual([
      ['uid-p', START, at(15)],
      ['second', at(20), null],
    ]);
  });

  it('is forgotten a day after it is gone', () => {
    const cluster = new ReadCluster();
    const day = 24 * 3600;
    for (const [second, look] of [
      [0, here],
      [30, gone],
      [60, gone],
      [day, gone],
    ] as const)
      cluster.read(at(second), page(look));
    expect(cluster.state.pods.size).toBe(2);
    cluster.read(at(day + 1), page(gone));
    expect([...cluster.state.pods.keys()]).toEqual(['uid-other']);
    expect([...cluster.state.podPresence.targets.values()].map(({ absent }) => absent.size)).toEqual([0]);
  });
});
