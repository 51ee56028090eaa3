import {
  expectedRun,
  finishedSteps,
  type HostPrice,
  projectedCost,
  type StepTotal,
} from '../../../exporter/src/ledger/expect-run';
import { MONEY_ONE } from '../../../exporter/src/units/money';
import { printAmount } from '../../../exporter/src/units/money-text';
import { milliVcpus, nanoGpusFromGpus } from '../../../exporter/src/units/quantity';
import { attempt, DAWN, host, MINUTE_MS, run } from '../../support/view-estate';

const HOUR_MS = 60 * MINUTE_MS;

/** Eight GPUs at 32 $/h: a GPU-hour is 4 $. */
const gpuNode: HostPrice = { host: host('node-1', { gpus: nanoGpusFromGpus(8) }), perHour: 32n * MONEY_ONE };
/** 8 vCPUs and 32 GiB: 0.388472 $/h at reference prices; it costs twice that. */
const cpuNode: HostPrice = { host: host('cpu-1', { vcpus: milliVcpus(8000n) }), perHour: 776_944_000_000n };

const HOURS = 1;
/** One step of a past run: GPU-hours, and how many minutes the run took. */
const past = (
  name: string,
  step: string,
  gpuHours: number,
  facts: { variant?: string; minutes?: number } = {},
): StepTotal => ({
  run: name,
  variantId: facts.variant ?? null,
  step,
  gpuMs: gpuHours * HOUR_MS,
  vcpuMs: HOURS * HOUR_MS,
  byteMs: 0,
  runStartedAt: DAWN,
  runEndedAt: DAWN + (facts.minutes ?? 60) * MINUTE_MS,
});

const inTrain = [{ ...gpuNode, step: 'train' }];
const expectation = (history: StepTotal[], variantId: string | null = null, running = inTrain) =>
  expectedRun({ history, variantId, running, hosts: [] });

const money = (amount: bigint | undefined): string | null => (amount === undefined ? null : printAmount(amount));

describe('What a whole run is expected to cost', () => {
  const three = [past('1', 'train', 2), past('2', 'train', 3), past('3', 'train', 90)];
  const ofA = three.map((total) => ({ ...total, variantId: 'a' }));
  const ofB = [past('4', 'train', 8, { variant: 'b' }), past('5', 'train', 8, { variant: 'b' })];

  test.each([
    ['the middle of three runs', three, null, '12', 'flow'],
    ['the runs of its variant', [...ofA, ...ofB], 'a', '12', 'variant'],
    ['those of the flow, where its variant has two', [...ofA, ...ofB], 'b', '32', 'flow'],
    ['the mean of the two middle ones of four', [...three, past('4', 'train', 4)], null, '14', 'flow'],
    [
      'each step’s own middle',
      [...three, past('1', 'eval', 1), past('2', 'eval', 1), past('3', 'eval', 1)],
      null,
      '16',
      'flow',
    ],
    ['0 of a step that most runs lack', [...three, past('3', 'rescue', 50)], null, '12', 'flow'],
  ])('rests on %s', (_what, history, variantId, total, basis) => {
    const expected = expectation(history, variantId)!;
    expect([money(expected.total), expected.basis]).toEqual([total, basis]);
    expect([...expected.steps.values()].reduce((sum, cost) => sum + cost, 0n)).toBe(expected.total);
  });

  test('is rounded half-even to the twelfth digit, once a step', () => {
    // A GPU-hour of eight at 5 × 10⁻¹² $/h is 0.625 units, of five 0.4: 1 and 0. Four of eight are 2.5 units: 2.
    const cheap = [{ host: gpuNode.host, perHour: 5n, step: 'train' }];
    const runs = ['1', '2', '3'];
    const history = runs.flatMap((name) => [past(name, 'a', 1), past(name, 'b', 0.64), past(name, 'c', 4)]);
    expect([...expectation(history, null, cheap)!.steps]).toEqual([
      ['a', 1n],
      ['b', 0n],
      ['c', 2n],
    ]);
  });

  test.each([
    ['two runs', three.slice(0, 2)],
    ['one run of three steps', ['a', 'b', 'c'].map((step) => past('1', step, 1))],
    ['no run', []],
  ])('is unknown with %s', (_what, history) => {
    expect(expectation(history)).toBeNull();
  });

  test('lasts as long as the middle of its runs', () => {
    const history = [20, 50, 30].map((minutes, place) => past(String(place), 'train', 1, { minutes }));
    expect(expectation(history)!.milliseconds).toBe(30 * MINUTE_MS);
  });
});

describe('A step is priced where it runs', () => {
  const steps = (gpus: number): StepTotal[] =>
    ['1', '2', '3'].flatMap((name) => [past(name, 'load', 0), past(name, 'train', gpus)]);
  const loading = [{ ...cpuNode, step: 'load' }];

  test('a vCPU-hour on a CPU node at its price, GPU-hours on a node with GPUs', () => {
    const expected = expectedRun({ history: steps(2), variantId: null, running: loading, hosts: [gpuNode] })!;
    // 1 vCPU-hour is 0.031611 $ at reference prices; the node costs twice its reference price.
    expect([money(expected.steps.get('load')), money(expected.steps.get('train'))]).toEqual(['0.063222', '8']);
  });

  test('and is unknown where a step needs GPUs and no host has them', () => {
    expect(expectedRun({ history: steps(2), variantId: null, running: loading, hosts: [cpuNode] })).toBeNull();
  });
});

describe('What a run will have cost', () => {
  const history = ['1', '2', '3'].flatMap((name) => [
    past(name, 'load', 1),
    past(name, 'train', 10),
    past(name, 'eval', 2),
  ]);
  const expected = expectation(history)!;
  const dollars = (count: number): bigint => BigInt(count) * MONEY_ONE;

  // Expected: load 4 $, train 40 $, eval 8 $.
  test.each([
    ['before its first step costs anything', { load: 0 }, [], '52'],
    ['while it loads', { load: 1 }, [], '52'],
    ['when it loaded for less', { load: 1, train: 5 }, ['load'], '49'],
    ['when it loaded for more', { load: 10, train: 5 }, ['load'], '58'],
    ['when its step overran', { load: 4, train: 70 }, ['load'], '82'],
    ['when all is done', { load: 4, train: 30, eval: 8 }, ['load', 'train', 'eval'], '42'],
    ['when it does what no run did', { load: 4, train: 40, eval: 8, more: 100 }, ['load', 'train', 'eval'], '152'],
  ])('%s', (_when, spent, finished, projected) => {
    const steps = new Map(Object.entries(spent).map(([step, cost]) => [step, dollars(cost)]));
    const cost = [...steps.values()].reduce((sum, part) => sum + part, 0n);
    expect(money(projectedCost({ cost, steps, finished: new Set(finished) }, expected))).toBe(projected);
  });
});

describe('A step is finished', () => {
  const of = run('F/1');
  const took = (path: string, start: number, end: number | null) =>
    attempt(of, path, { start: DAWN + start * MINUTE_MS, end: end === null ? null : DAWN + end * MINUTE_MS });

  test.each([
    ['when another one started after it', [took('load/1', 0, 5), took('train/2', 5, null)], ['load']],
    ['not while one of its tasks runs', [took('load/1', 0, 5), took('load/2', 0, null), took('train/3', 5, null)], []],
    ['not between two tasks of a foreach', [took('train/2', 0, 5)], []],
    ['not when another branch started before it ended', [took('a/1', 0, 9), took('b/2', 5, 7)], []],
    ['not when it goes on after another', [took('a/1', 0, 5), took('b/2', 5, 7), took('a/3', 8, null)], ['b']],
  ])('%s', (_when, attempts, finished) => {
    expect([...finishedSteps(attempts)]).toEqual(finished);
  });
});
