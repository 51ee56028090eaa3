import type { Attempt } from '../../../exporter/src/facts/attempt';
import type { DeviceStretch } from '../../../exporter/src/facts/gpu-sample';
import { utilizationNow } from '../../../exporter/src/ledger/usage';
import { nanoGpusFromGpus } from '../../../exporter/src/units/quantity';
import { attempt, DAWN, host, run } from '../../support/view-estate';

const node = host('node-a', { gpus: nanoGpusFromGpus(4) });
const NOW = DAWN + 10_000;

function holder(id: string, gpus: number, facts: Partial<Attempt> = {}): Attempt {
  const one = attempt(run(`F/${id}`, { endedAt: null, outcome: 'running' }), 'train/1', facts);
  const pod = { uid: `u-${id}`, namespace: 'ml', name: `pod-${id}` };
  return { ...one, pod, held: { ...one.held!, gpus: nanoGpusFromGpus(gpus) } };
}

/** One device's newest sample, made at `since` seconds of the story, as the stretch for which it speaks. */
const sample = (gpu: string, percent: number, pods: string[], since = 0): DeviceStretch => ({
  host: 'node-a',
  device: { uuid: `GPU-${gpu}`, instance: '' },
  profile: null,
  start: DAWN + since * 1000,
  end: DAWN + since * 1000 + 60_000,
  active: percent > 1,
  activityPpmMs: percent * 10_000 * 60_000,
  energyMillijoules: null,
  pods,
});

const told = (attempts: Attempt[], stretches: DeviceStretch[], at = NOW): unknown =>
  utilizationNow(at, node, { holdings: attempts.map((one) => ({ attempt: one })), stretches }).map(
    ({ holder: key, observed, busy }) => [key.run, Number(observed) / 1e9, Number(busy) / 1e9],
  );

describe('How busy the held GPUs are right now', () => {
  it.each([
    [
      'each by its own device',
      [sample('0', 80, ['uid:u-1']), sample('1', 20, ['uid:u-2'])],
      [
        ['1', 1, 0.8],
        ['2', 1, 0.2],
      ],
    ],
    ['nobody by a device without a name', [sample('0', 80, []), sample('1', 20, [])], []],
    ['one whose device is shown', [sample('0', 80, ['uid:u-1'])], [['1', 1, 0.8]]],
    ['nobody by a sample that no longer speaks', [sample('0', 80, ['uid:u-1'], -60)], []],
    ['nobody by no sample at all', [], []],
  ])('is told of %s', (_whom, stretches, expected) => {
    expect(told([holder('1', 1), holder('2', 1)], stretches)).toEqual(expected);
  });

  it('adds up the devices of one attempt; the one that is not seen is not counted', () => {
    const stretches = ['0', '1', '2'].map((gpu, place) => sample(gpu, [90, 60, 30][place]!, ['uid:u-1']));
    expect(told([holder('1', 4)], stretches)).toEqual([['1', 3, 1.8]]);
  });

  it('is told of a sole holder without names, by the active devices first', () => {
    const stretches = [sample('0', 0, []), sample('1', 70, []), sample('2', 50, []), sample('3', 0, [])];
    expect(told([holder('1', 2)], stretches)).toEqual([['1', 2, 1.2]]);
  });

  it('is not told of what has ended, nor of what holds no GPU', () => {
    const ended = holder('1', 1, { end: NOW - 1, endSource: 'pod' });
    expect(told([ended, holder('2', 0)], [sample('0', 80, ['uid:u-1']), sample('1', 20, ['uid:u-2'])])).toEqual([]);
  });
});
