import { expectedPerHour, type StepAverage } from '../../../exporter/src/ledger/expect';
import { printAmount } from '../../../exporter/src/units/money-text';
import { MONEY_ONE } from '../../../exporter/src/units/money';
import { nanoGpusFromGpus } from '../../../exporter/src/units/quantity';
import { host } from '../../support/view-estate';

/** Eight GPUs at 32 $/h: one GPU is 4 $/h. */
const node = host('node-1', { gpus: nanoGpusFromGpus(8) });
const running = (step: string, dollarsNow: number) => ({
  step,
  host: node,
  perHour: 32n * MONEY_ONE,
  perHourNow: BigInt(dollarsNow) * MONEY_ONE,
});

const past = (step: string, variantId: string | null, ...gpus: number[]): StepAverage[] =>
  gpus.map((count) => ({ variantId, step, gpus: count, vcpus: 1, memoryBytes: 1 }));

describe('What a run is expected to burn', () => {
  // variant is what its own variant held in three runs; flow what any did; requested is what it burns now.
  it.each([
    ['three runs of its variant', [...past('train', 'a', 1, 2, 3), ...past('train', 'b', 8, 8)], '8', 'variant'],
    ['two of its variant, three of the flow', [...past('train', 'a', 1, 1), ...past('train', 'b', 4)], '4', 'flow'],
    ['two runs in all', past('train', 'a', 1, 1), '28', 'requested'],
    ['no run at all', [], '28', 'requested'],
    ['runs of another step alone', past('evaluate', 'a', 1, 1, 1), '28', 'requested'],
    ['an even number of runs', past('train', 'a', 1, 2, 3, 8), '10', 'variant'],
    ['one wild outlier', past('train', 'a', 2, 2, 2, 8, 2), '8', 'variant'],
    ['more than the host has', past('train', 'a', 80, 80, 80), '32', 'variant'],
  ] as const)('rests on %s', (_story, history, perHour, basis) => {
    const expected = expectedPerHour([running('train', 28)], 'a', history)!;
    expect([printAmount(expected.perHour), expected.basis]).toEqual([perHour, basis]);
  });

  it('is as much as all the hosts have that a step runs on', () => {
    const gang = { ...running('train', 128), hostCount: 4 };
    const expected = expectedPerHour([gang], 'a', past('train', 'a', 32, 32, 32))!;
    expect([printAmount(expected.perHour), expected.basis]).toEqual(['128', 'variant']);
  });

  it('adds up its running steps and is as sure as the least sure of them', () => {
    const history = past('train', 'a', 2, 2, 2);
    const expected = expectedPerHour([running('train', 4), running('score', 3)], 'a', history)!;
    expect([printAmount(expected.perHour), expected.basis]).toEqual(['11', 'requested']);
  });

  it('is unknown when nothing runs', () => {
    expect(expectedPerHour([], 'a', [])).toBeNull();
  });

  it('weighs steps without GPUs by their vCPUs and memory at reference prices', () => {
    const small: StepAverage = { variantId: null, step: 'load', gpus: 0, vcpus: 4, memoryBytes: 16 * 2 ** 30 };
    // 4 × 0.031611 + 16 × 0.004237 = 0.194236 $/h.
    const expected = expectedPerHour([running('load', 1)], null, [small, small, small])!;
    expect([printAmount(expected.perHour), expected.basis]).toEqual(['0.194236', 'flow']);
  });
});
