import type { Attempt } from '../../../exporter/src/facts/attempt';
import type { Placement } from '../../../exporter/src/ledger/place-attempts';
import { at, lines, names, NOBODY, place, pod, told } from './run-facts';

const uid = (podUid: string) => ({ clues: { ...NOBODY, podUid } });
const name = (podName: string, podNamespace: string | null = 'ml') => ({ clues: { ...NOBODY, podName, podNamespace } });

const MINE = names('train', '42');
const TOLD: [string, string] = ['10:05', '10:45'];
const POD: [string, string] = ['10:00', '10:47'];
const HELD = 'train/42#0 10:00-10:47 pod succeeded node-1 2';
const UNPLACED = 'train/42#0 10:05-10:45 attempt_ok succeeded - 1 none -';

describe('An attempt is tied to its pod', () => {
  test.each([
    ['by uid: exact', told('train/42', TOLD, uid('a')), pod('a', POD), `${HELD} exact a`],
    ['by name within its time: strong', told('train/42', TOLD, name('pod-a')), pod('a', POD), `${HELD} strong a`],
    [
      'by name where no namespace is told',
      told('train/42', TOLD, name('pod-a', null)),
      pod('a', POD),
      `${HELD} strong a`,
    ],
    ['by annotations: strong', told('train/42', TOLD), pod('a', POD, { identity: MINE }), `${HELD} strong a`],
    [
      'that shares its GPU: shared',
      told('train/42', TOLD, uid('a')),
      pod('a', POD, { shared: true }),
      `${HELD} shared a`,
    ],
  ])('%s', (_how, attempt, ran, line) => {
    expect(lines(place({ told: [attempt], pods: [ran] }))).toEqual([line]);
  });

  test.each([
    ['of another uid', told('train/42', TOLD, uid('b')), pod('a', POD)],
    ['of its name in another namespace', told('train/42', TOLD, name('pod-a', 'web')), pod('a', POD)],
    ['of its name that ended before it', told('train/42', TOLD, name('pod-a')), pod('a', ['09:00', '10:00'])],
    ['of its name that started after it', told('train/42', TOLD, name('pod-a')), pod('a', ['11:00', '11:30'])],
    ['that no node has accepted', told('train/42', TOLD, uid('a')), pod('a', [null], { host: null, phase: 'Pending' })],
  ])('but never to a pod %s', (_which, attempt, other) => {
    expect(lines(place({ told: [attempt], pods: [other] }))).toEqual([UNPLACED]);
  });

  test('of two pods of one name to the one whose time it lies in', () => {
    const [old, young] = [pod('a', ['08:00', '09:00']), pod('b', POD)];
    const pods = [old, young].map((one) => ({ ...one, ref: { ...one.ref, name: 'trainer' } }));
    expect(lines(place({ told: [told('train/42', TOLD, name('trainer'))], pods }))).toEqual([`${HELD} strong b`]);
  });
});

describe('Clones and local fallbacks hold no pod', () => {
  test('a clone, whatever its records say', () => {
    const clone = told('train/42', TOLD, { isClone: true, ...uid('a') });
    const { attempts } = place({ told: [clone], pods: [pod('a', POD)] });
    expect(attempts).toMatchObject([{ isClone: true, hosts: [], end: at('10:45') }]);
    expect(attempts[0]!.pod).toBeUndefined();
  });

  test('the attempt after the last retry, which @catch runs locally', () => {
    const attempts = [
      told('train/42', TOLD, { ...uid('a'), outcome: 'failed' }),
      told('train/42#1', ['10:50', '10:51']),
    ];
    const pods = [pod('a', POD, { phase: 'Failed', identity: MINE })];
    expect(lines(place({ told: attempts, pods }))).toEqual([
      'train/42#0 10:00-10:47 pod failed node-1 2 exact a',
      'train/42#1 10:50-10:51 attempt_ok succeeded - 1 none -',
    ]);
  });
});

describe('A pod says when its attempt ends', () => {
  const running = told('train/42', ['10:05'], uid('a'));
  const done = told('train/42', TOLD, uid('a'));
  test.each([
    ['lives: open, whatever is told', done, pod('a', ['10:00']), '10:00- open running'],
    ['ended: its end', running, pod('a', POD), '10:00-10:47 pod succeeded'],
    ['failed without a word', running, pod('a', POD, { phase: 'Failed' }), '10:00-10:47 pod failed'],
    ['failed, though the attempt said ok', done, pod('a', POD, { phase: 'Failed' }), '10:00-10:47 pod succeeded'],
    ['was deleted while it ran', running, pod('a', POD, { phase: 'Running' }), '10:00-10:47 pod killed'],
    ['was seen no more', running, pod('a', POD, { phase: 'Running', endEstimated: true }), '10:00-10:47 pod lost'],
    [
      'was seen no more, but its attempt lived on',
      told('train/42', ['10:05'], { ...uid('a'), lastSign: at('11:30') }),
      pod('a', POD, { phase: 'Running', endEstimated: true }),
      '10:00- open running',
    ],
    [
      'was seen no more, and its attempt ended later',
      told('train/42', ['10:05', '10:50'], uid('a')),
      pod('a', POD, { phase: 'Running', endEstimated: true }),
      '10:00-10:50 attempt_ok succeeded',
    ],
  ])('a pod that %s', (_how, attempt, ran, line) => {
    expect(lines(place({ told: [attempt], pods: [ran] }))).toEqual([`train/42#0 ${line} node-1 2 exact a`]);
  });

  test('its last sight is a sign of life', () => {
    const { attempts } = place({ told: [running], pods: [pod('a', ['10:00'], { lastSeen: at('11:11') })] });
    expect(attempts[0]!.lastSign).toBe(at('11:11'));
  });
});

describe('A pod is never counted twice', () => {
  const ran = pod('a', POD, { phase: 'Failed' });
  test.each([
    [
      'is cut where the second starts',
      '10:05',
      '10:20',
      ['10:00-10:20 next_start failed', '10:20-10:47 pod succeeded'],
    ],
    ['of skewed clocks is whole', '09:50', '09:55', ['10:00-10:00 next_start failed', '10:00-10:47 pod succeeded']],
    ['beyond the end is whole', '10:05', '10:55', ['10:00-10:47 next_start failed', '10:47-10:47 pod succeeded']],
  ])('two attempts in place: its window %s', (_what, first, second, [one, two]) => {
    const attempts = [
      told('train/42', [first, first], { ...uid('a'), outcome: 'failed' }),
      told('train/42#1', [second, second], uid('a')),
    ];
    expect(lines(place({ told: attempts, pods: [ran] }))).toEqual([
      `train/42#0 ${one} node-1 2 exact a`,
      `train/42#1 ${two} node-1 2 exact a`,
    ]);
  });

  test('a retry has a pod of its own', () => {
    const attempts = [
      told('train/42', ['10:05', '10:10'], { ...uid('a'), outcome: 'failed' }),
      told('train/42#1', ['10:20'], uid('b')),
    ];
    const pods = [pod('a', ['10:00', '10:12'], { phase: 'Failed' }), pod('b', ['10:15'])];
    expect(lines(place({ told: attempts, pods }))).toEqual([
      'train/42#0 10:00-10:12 pod failed node-1 2 exact a',
      'train/42#1 10:15- open running node-1 2 exact b',
    ]);
  });

  test('a second pod of the same annotations is an attempt of its own', () => {
    const pods = [pod('a', ['10:00', '10:10'], { identity: MINE }), pod('b', ['10:12'], { identity: MINE })];
    const expected = [
      'train/42#0 10:00-10:10 pod succeeded node-1 2 strong a',
      'train/pod:b#0 10:12- open running node-1 2 strong b',
    ];
    expect(lines(place({ pods }))).toEqual(expected);
    expect(lines(place({ told: [told('train/42', ['10:01', '10:09'])], pods }))).toEqual(expected);
  });

  test('a pod whose uid one attempt’s records name is not another’s by its annotations', () => {
    const attempts = [told('train/42', TOLD), told('train/43', TOLD, uid('a'))];
    expect(lines(place({ told: attempts, pods: [pod('a', POD, { identity: MINE })] }))).toEqual([
      UNPLACED,
      'train/43#0 10:00-10:47 pod succeeded node-1 2 exact a',
    ]);
  });

  test('control task and workers of a gang hold a pod each', () => {
    const gang = [told('train/42', ['10:05'], uid('a')), told('train/42-worker-1', ['10:06'], uid('b'))];
    const pods = [pod('a', ['10:00']), pod('b', ['10:01'], { host: 'node-2' })];
    expect(lines(place({ told: gang, pods }))).toEqual([
      'train/42#0 10:00- open running node-1 2 exact a',
      'train/42-worker-1#0 10:01- open running node-2 2 exact b',
    ]);
  });
});

describe('A pod that nothing told claims is an attempt of its own', () => {
  test.each([
    ['by its annotations', names('train', '42', 1), 'train/42#1'],
    ['without a task: by its pod', names('train', null, 2), 'train/pod:a#2'],
    ['without an attempt: the first', names('train', '42', null), 'train/42#0'],
    ['without a step: outside of its steps', names(null), '_outside_steps/pod:a#0'],
  ])('%s', (_how, identity, line) => {
    expect(lines(place({ pods: [pod('a', POD, { identity })] }))).toEqual([
      `${line} 10:00-10:47 pod succeeded node-1 2 strong a`,
    ]);
  });

  test.each([
    ['names another run', pod('a', POD, { identity: { ...MINE, run: '8' } })],
    ['names nobody', pod('a', POD)],
    ['was never scheduled', pod('a', [null], { identity: MINE })],
  ])('but not one that %s', (_which, other) => {
    expect(lines(place({ told: [told('start/1', TOLD)], pods: [other] }))).toHaveLength(1);
  });
});

describe('An attempt without a pod is placed by what it wrote', () => {
  const clues = { ...NOBODY, instanceId: 'i-0ab', nodeIp: '10.0.0.9' };
  test.each([
    ['the id of its machine: exact', { clues }, 'node-8 1 exact -'],
    ['the address of its node: estimated', { clues: { ...clues, instanceId: null } }, 'node-9 1 estimated -'],
    ['a machine that nobody knows: nowhere', { clues: { ...NOBODY, instanceId: 'i-9' } }, '- 1 none -'],
    ['nothing, where its feed names its host', { hosts: ['box'], confidence: 'strong' as const }, 'box 1 strong -'],
  ])('%s', (_what, facts, line) => {
    expect(lines(place({ told: [told('train/42', TOLD, facts)] }))).toEqual([
      `train/42#0 10:05-10:45 attempt_ok succeeded ${line}`,
    ]);
  });
});

describe('What was placed stays placed while its pod is out of sight', () => {
  const clues = uid('a');
  const stored = (end?: string): Attempt[] =>
    place({
      told: [told('train/42', ['10:05'], clues)],
      pods: [pod('a', end === undefined ? ['10:00'] : ['10:00', end])],
    }).attempts;

  test.each([
    ['open, still told running', stored(), told('train/42', ['10:05'], clues), '10:00- open running'],
    ['open, told to have ended', stored(), told('train/42', TOLD, clues), '10:00-10:45 attempt_ok succeeded'],
    ['ended: its pod knew best', stored('10:47'), told('train/42', TOLD, clues), '10:00-10:47 pod succeeded'],
    ['without its clue', stored(), told('train/42', TOLD), '10:00-10:45 attempt_ok succeeded'],
    ['told to be elsewhere', stored(), told('train/42', TOLD, { hosts: ['box'] }), '10:00-10:45 attempt_ok succeeded'],
  ])('%s', (_what, before, attempt, line) => {
    const { attempts, retracted } = place({ told: [attempt], before });
    expect(lines({ attempts })).toEqual([`train/42#0 ${line} node-1 2 exact a`]);
    expect(retracted).toEqual([]);
  });

  test('by its node’s address, though the address is another node’s by now', () => {
    const attempt = told('train/42', ['10:05'], { clues: { ...NOBODY, nodeIp: '10.0.0.9' } });
    const before = place({ told: [attempt] }).attempts;
    expect(lines(place({ told: [attempt], before, hostOfAddress: () => 'node-2' }))).toEqual(
      lines({ attempts: before }),
    );
  });

  test('what neither is told nor has a pod any more is left out', () => {
    expect(place({ told: [told('start/1', TOLD)], before: stored() }).attempts.map(({ key }) => key.step)).toEqual([
      'start',
    ]);
  });
});

describe('A name that stood for a pod is taken back when the attempt is known', () => {
  const anonymous = pod('a', ['10:00'], { identity: names('train') });
  const before = place({ pods: [anonymous] }).attempts;
  const takenBack = ({ retracted }: Placement): string[] => retracted.map(({ task }) => task);

  test.each([
    ['by its records', { told: [told('train/42', ['10:05'], uid('a'))], pods: [anonymous] }, 'exact'],
    ['by its pod’s later annotations', { pods: [{ ...anonymous, identity: MINE }] }, 'strong'],
    ['by its records, its pod being out of sight', { told: [told('train/42', ['10:05'], uid('a'))] }, 'strong'],
  ])('%s', (_how, input, confidence) => {
    const placed = place({ ...input, before });
    expect(lines(placed)).toEqual([`train/42#0 10:00- open running node-1 2 ${confidence} a`]);
    expect(takenBack(placed)).toEqual(['pod:a']);
  });

  test('and stands until then', () => {
    expect(place({ pods: [anonymous], before })).toEqual({ attempts: before, retracted: [] });
  });

  test('in-place restarts take nothing back', () => {
    const first = told('train/42', ['10:05', '10:10'], { ...uid('a'), outcome: 'failed' });
    const pods = [pod('a', ['10:00'])];
    const [old] = [place({ told: [first], pods }).attempts];
    const both = place({ told: [first, told('train/42#1', ['10:10'], uid('a'))], pods, before: old });
    expect(both.retracted).toEqual([]);
    expect(both.attempts).toHaveLength(2);
  });
});
