import type { Attempt } from '../../../exporter/src/facts/attempt';
import { hoursToRestate } from '../../../exporter/src/ledger/restate';
import { HOUR_MS } from '../../../exporter/src/units/interval';
import { nanoGpusFromGpus } from '../../../exporter/src/units/quantity';
import { attempt, DAWN, run } from '../../support/view-estate';

/** Hours 0 to 9 after dawn are closed on node-a. */
const closed = new Map([['node-a', { from: DAWN, until: DAWN + 10 * HOUR_MS }]]);
const base = attempt(run('F/1'), 'train/1');
const held = (from: number, to: number | null, over: Partial<Attempt> = {}): Attempt => ({
  ...base,
  start: DAWN + from * HOUR_MS,
  end: to === null ? null : DAWN + to * HOUR_MS,
  ...over,
});

const twice = { ...base.held!, gpus: nanoGpusFromGpus(4) };
const hours = (before: Attempt | undefined, after: Attempt): number[] =>
  hoursToRestate(before, after, closed).map(({ hour }) => (hour - DAWN) / HOUR_MS);

describe('The closed hours that a changed attempt moves', () => {
  it.each([
    ['a new attempt', undefined, held(1.5, 3), [1, 2]],
    ['a new attempt before and after what is closed', undefined, held(-2, 1), [0]],
    ['nothing but a later sign of life', held(1, null), held(1, null, { lastSign: DAWN + 5 }), []],
    ['an open attempt that ended long ago', held(7, null), held(7, 8.5), [8, 9]],
    ['an open attempt that ends after the closed hours', held(7, null), held(7, 12), []],
    ['an end that moves', held(1, 2.5), held(1, 4), [2, 3]],
    ['a start that moves', held(1, 4), held(2.5, 4), [1, 2]],
    ['more GPUs', held(1, 3), held(1, 3, { held: twice }), [1, 2, 1, 2]],
    ['resources that become unknown', held(1, 2), held(1, 2, { held: null }), [1]],
    ['an attempt that turns out to be a clone', held(1, 2), held(1, 2, { isClone: true }), [1]],
    ['another host that has no ledger', held(1, 2), held(1, 2, { hosts: ['node-b'] }), [1]],
    ['a clone', undefined, held(1, 2, { isClone: true }), []],
  ] as const)('%s', (_story, before, after, expected) => {
    expect(hours(before, after)).toEqual(expected);
  });
});
