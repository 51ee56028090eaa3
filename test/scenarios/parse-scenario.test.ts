import { parseScenario } from './parse-scenario';
import { runScenario } from './run-scenario';

const CHARGE = 'charge node-1 10:00 11:00 gpus 0-3 $32.00';
const ATTEMPT = 'attempt TrainFlow/7/train/42 #0 10:00 11:00 gpus 0,1';
const WORK = 'expect workload TrainFlow/7 $16';

const run = (...lines: string[]): string[] => runScenario(parseScenario('story.scenario.txt', lines.join('\n')));

describe('a scenario that is written wrongly names its file and line', () => {
  test.each([
    ['bill node-1 10:00 11:00 $31.00', '"bill" is reserved: the ledger knows no bill yet'],
    ['restate node-1 $31.00', '"restate" is reserved: the ledger knows no bill yet'],
    ['pay node-1', '"pay" is none of day, until, node, price, charge, attempt, clone, busy, gap, expect, ...'],
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
    ['expect profit $1', '"profit" is none of origin, workload, unattributed, idle, issue'],
    ['expect workload TrainFlow/7', '"" is not $X'],
    ['until tea', '"tea" is not a time'],
  ])('%s', (line, problem) => {
    expect(() => run(CHARGE, line, WORK)).toThrow(`story.scenario.txt:2: ${problem} in "${line}".`);
  });

  test.each([
    [[CHARGE, CHARGE.replaceAll('node-1', 'node-2'), ATTEMPT, WORK], '3: There are several nodes: say "on NODE".'],
    [[CHARGE, `${ATTEMPT.replace(' gpus', ' on node-9 gpus')}`, WORK], '2: There is no node node-9.'],
    [[CHARGE, ATTEMPT.replace('0,1', '7'), WORK], '2: node-1 has no gpu 7.'],
    [['charge node-1 10:00 10:47 gpus 0 $1.00', WORK], '1: This is no whole price per hour: say "node" and "price".'],
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
