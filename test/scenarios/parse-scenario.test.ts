import { parseScenario } from './parse-scenario';
import { runScenario } from './run-scenario';

const CHARGE = 'charge node-1 10:00 11:00 gpus 0-3 $32.00';
const ATTEMPT = 'attempt TrainFlow/7/train/42 #0 10:00 11:00 gpus 0,1';
const WORK = 'expect workload TrainFlow/7 $16';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const run = (...lines: string[]): string[] => runScenario(parseScenario('story.scenario.txt', lines.join('\n')));

describe('a scenario that is written wrongly names its file and line', () => {
  test.each([
    ['bill node-1 10:00 11:00 $31.00', '"bill" is reserved: the ledger knows no bill yet'],
    ['restate node-1 $31.00', '"restate" is reserved: the ledger knows no bill yet'],
    [
      'pay node-1',
      '"pay" is none of day, until, node, price, charge, attempt, clone, pod, busy, gap, sample, expect, ...',
    ],
    ['pod trainer 10:00 11:00 on node-1 gpus 0,1', 'a pod holds a number of GPUs; samples say which'],
    ['pod trainer 10:00 11:00 on node-1 1 mig huge', 'that is no MIG profile'],
    ['pod trainer 10:00 ~11 on node-1', '"11" is not a time'],
    ['pod trainer of TrainFlow/7 10:00', '"" is not a time'],
    ['sample 10:00 11:00 90%', '"sample" needs gpus by number'],
    ['sample gpu 0 11:00 10:00 90%', 'ends before it starts'],
    ['sample gpu 0 10:00 11:00 90', '"90" is not a percentage'],
    ['sample gpu 0 instance 3 10:00 11:00 90%', 'an instance has a mig profile'],
    ['expect used TrainFlow/7 5 kJ', 'The unit is none of gpu-seconds, gpu-minutes, gpu-hours'],
    ['expect energy TrainFlow/7 5 gpu-hours', 'The unit is none of J, kJ, kWh'],
    ['expect energy TrainFlow/7 0.0001 J', 'That is finer than anything is counted'],
    ['charge node-1 10:00 11:00 gpus 0-3 32.00', '"32.00" is not $X'],
    ['charge node-1 10:00 11:00 gpus 0-3 $32.1234567890123', '"$32.1234567890123" is not $X'],
    ['charge node-1 10:00 11:00 $32.00', 'a charge needs gpus'],
    ['charge node-1 11:00 10:00 gpus 0-3 $32.00', 'ends before it starts'],
    ['charge node-1 10:00 11:60 gpus 0-3 $32.00', '"11:60" is not a time'],
    ['charge node-1 10:00 2023-02-29T00:00Z gpus 0-3 $32.00', '"2023-02-29T00:00Z" is not a time'],
    ['charge node-1 10:00 11:00 gpus 0-3 $32.00 please', '"please" is one word too many'],
    ['price node-1 - - $32.00', '"$32.00" is not $X/h'],
    ['node node-1', 'a node without gpus needs cpus and memory'],
    ['attempt TrainFlow/7/train #0 10:00 11:00', 'an attempt is Flow/run/step/task #N'],
    ['attempt TrainFlow/7/train/42 10:00 11:00', 'an attempt is Flow/run/step/task #N'],
    ['busy 10:00 11:00', '"busy" needs gpus'],
    ['expect profit $1', '"profit" is none of origin, workload, unattributed, idle, issue, held, used'],
    ['expect workload TrainFlow/7', '"" is not $X'],
    ['until tea', '"tea" is not a time'],
  ])('%s', (line, problem) => {
    const message = new RegExp(`^story\\.scenario\\.txt:2: ${escaped(problem)}.* in "${escaped(line)}"\\.$`);
    expect(() => run(CHARGE, line, WORK)).toThrow(message);
  });

  test.each([
    [[CHARGE, CHARGE.replaceAll('node-1', 'node-2'), ATTEMPT, WORK], '3: There are several nodes: say "on NODE".'],
    [[CHARGE, `${ATTEMPT.replace(' gpus', ' on node-9 gpus')}`, WORK], '2: There is no node node-9.'],
    [[CHARGE, ATTEMPT.replace('0,1', '7'), WORK], '2: node-1 has no gpu 7.'],
    [['charge node-1 10:00 10:47 gpus 0 $1.00', WORK], '1: This is no whole price per hour: say "node" and "price".'],
    [
      [CHARGE, 'busy gpu 2 10:00 11:00', 'sample gpu 2 10:00 11:00 90%', WORK],
      '2: A story has either "sample" lines or "busy" and "gap" lines.',
    ],
    [
      [CHARGE, 'pod trainer 10:00 11:00 on node-1 2 gpus', 'expect idle gpu 2,3 $16'],
      '3: Which GPU it is cannot be said of pods and samples.',
    ],
    [['node node-1 gpus 0', WORK], '1: node-1 needs "from" and "to", or attempts that end, or "until".'],
  ])('%j', (lines, problem) => {
    expect(() => run(...lines)).toThrow(`story.scenario.txt:${problem}`);
  });

  test('a scenario without "expect" proves nothing', () => {
    expect(() => run(CHARGE, ATTEMPT)).toThrow('story.scenario.txt: A scenario without "expect" proves nothing.');
  });
});

describe('a scenario whose expectations fail says which and by how much', () => {
  const IDLE = 'expect idle gpu 2,3 $16';

  test('nothing is wrong with the right amounts', () => {
    expect(run(CHARGE, ATTEMPT, WORK, IDLE)).toEqual([]);
  });

  test('one 10⁻¹² of a dollar is a difference', () => {
    expect(run(CHARGE, ATTEMPT, 'expect workload TrainFlow/7 $16.000000000001', IDLE)).toEqual([
      'story.scenario.txt:3: Expected $16.000000000001, the ledger says $16.000000000000.',
    ]);
  });

  test('an amount nobody expects is named', () => {
    const hour = '2026-11-02T10:00:00.000Z 2026-11-02T11:00:00.000Z';
    expect(run(CHARGE, ATTEMPT, WORK)).toEqual([
      `story.scenario.txt: Nobody expects idle beside_work on node-1 ${hour}: $16.000000000000.`,
    ]);
  });

  test('a line of three dots leaves the rest unsaid', () => {
    expect(run(CHARGE, ATTEMPT, WORK, '...')).toEqual([]);
  });

  test('an idle GPU goes by its own number', () => {
    expect(run(CHARGE, ATTEMPT, WORK, 'expect idle gpu 1 $16')).toEqual(['story.scenario.txt:4: Not gpu 1, but 2,3.']);
  });

  test('an unpriced hour is no amount of zero', () => {
    const lines = ['node node-1 gpus 0-3', ATTEMPT, 'expect workload TrainFlow/7 $0', 'expect idle unpriced'];
    expect(run(...lines)).toEqual(['story.scenario.txt:3: Expected $0.000000000000, the ledger says unpriced.']);
  });

  test('a sum over priced and unpriced hours is refused', () => {
    const lines = ['node node-1 gpus 0-3', 'price node-1 - 11:00 $1/h', ATTEMPT.replace('11:00', '12:00'), WORK, '...'];
    expect(run(...lines)).toEqual([
      'story.scenario.txt:4: Priced and unpriced hours in one sum: say from when to when.',
    ]);
  });

  test('a minute of use too many is a difference, and so is an attempt that is not there', () => {
    const POD = 'pod trainer of TrainFlow/7/train/42 #0 10:00 11:00 on node-1 2 gpus';
    const SAMPLE = 'sample gpus 0,1 10:00 11:00 90% pod trainer';
    const told = (line: string): string[] => run(CHARGE, POD, SAMPLE, WORK, line, '...');
    expect(told('expect used TrainFlow/7 120 gpu-minutes')).toEqual([]);
    expect(told('expect busy TrainFlow/7 1.8 gpu-hours')).toEqual([]);
    expect(told('expect used TrainFlow/7 121 gpu-minutes')).toEqual([
      'story.scenario.txt:5: Expected used 7260000000000000, the ledger says 7200000000000000.',
    ]);
    expect(told('expect energy TrainFlow/7 1 J')).toEqual([
      'story.scenario.txt:5: Expected energy 1000, the ledger says unknown.',
    ]);
    expect(told('expect used TrainFlow/8 1 gpu-hours')).toEqual([
      'story.scenario.txt:5: Expected used 3600000000000000, there is no such attempt.',
    ]);
  });

  test('issues are expected like amounts', () => {
    const lines = [
      CHARGE,
      ATTEMPT.replace('0,1', '0-3'),
      ATTEMPT.replace('#0', '#1'),
      'expect workload TrainFlow/7 $32',
    ];
    expect(run(...lines)).toEqual(['story.scenario.txt: Nobody expects the issue over_requested_host.']);
    expect(run(CHARGE, ATTEMPT, WORK, IDLE, 'expect issue clock_skew')).toEqual([
      'story.scenario.txt:5: There is no issue clock_skew.',
    ]);
  });
});
