import { allocateHour } from '../../../exporter/src/ledger/allocate';
import { workloadKey } from '../../../exporter/src/facts/workload';
import { nanoGpus } from '../../../exporter/src/units/quantity';
import { hostHoursOf } from '../../scenarios/host-hours';
import { parseScenario } from '../../scenarios/parse-scenario';

const allocate = (...lines: string[]): ReturnType<typeof allocateHour>[] =>
  hostHoursOf(parseScenario('story', [...lines, 'expect origin $0'].join('\n'))).map(allocateHour);

describe('allocateHour', () => {
  test('says where a charge comes from: price, rung, split policy, capacity and GPU time', () => {
    const [answer] = allocate('node node-1 gpus 0-3 from 10:00 to 10:30', 'price node-1 - - $32/h');
    const hour = Date.UTC(2026, 10, 2, 10);
    expect(answer!.periods[0]!.origin).toEqual({
      host: 'node-1',
      period: { start: hour, end: hour + 1_800_000 },
      amount: 16_000_000_000_000n,
      perHour: 32_000_000_000_000n,
      rung: 'override',
      rateCard: null,
      explanation: 'Line 2 of the scenario.',
      capacityWeight: 4_000_000_000n * 1_800_000n,
      gpuTime: 4_000_000_000n * 1_800_000n,
      splitPolicy: 'gpu-first',
    });
  });

  test('counts held GPU time after scaling to what the host has', () => {
    const attempts = [1, 2].map((task) => `attempt TrainFlow/7/train/${task} #0 10:00 11:00 4 gpus`);
    const [answer] = allocate('charge node-1 10:00 11:00 gpus 0-3 $12', ...attempts);
    const workload = answer!.periods[0]!.pieces.filter(({ kind }) => kind === 'workload');
    expect(workload.map(({ gpuTime }) => gpuTime)).toEqual([2_000_000_000n * 3_600_000n, 2_000_000_000n * 3_600_000n]);
  });

  test('names the attempt that asked for GPUs where there are none, and what to do', () => {
    const node = ['node cpu-1 cpus 8 memory 32GiB', 'price cpu-1 - - $1/h'];
    const [answer] = allocate(...node, 'attempt TrainFlow/7/train/42 #0 10:00 11:00 2 gpus');
    expect(answer!.issues).toMatchObject([
      { code: 'gpus_on_gpuless_host', field: 'TrainFlow/7/train/42', value: 'cpu-1', feed: 'ledger', count: 1 },
    ]);
    expect(answer!.issues[0]!.remedy).toContain('hosts[].gpus of cpu-1');
  });

  test.each([
    ['hosts[].gpus', 'gpus 0-3 cpus 8 memory 32GiB', '8 gpus cpus 1 memory 1GiB', 'more GPUs'],
    ['hosts[].vcpus', 'gpus 0-3 cpus 8 memory 32GiB', '1 gpus cpus 9 memory 1GiB', 'more vCPUs'],
    ['hosts[].memory', 'cpus 8 memory 32GiB', 'cpus 1 memory 33GiB', 'more memory'],
  ])('says of which capacity too much was asked: %s', (field, has, asked, reason) => {
    const node = [`node a ${has}`, 'price a - - $1/h'];
    const [answer] = allocate(...node, `attempt TrainFlow/7/train/42 #0 10:00 11:00 ${asked}`);
    expect(answer!.issues).toMatchObject([{ code: 'over_requested_host', field, value: 'a' }]);
    expect(answer!.issues[0]!.reason).toContain(reason);
  });

  test('names a pod that is no run by namespace, workload and pod', () => {
    const node = ['node cpu-1 cpus 8 memory 32GiB', 'price cpu-1 - - $1/h'];
    const [hour] = hostHoursOf(
      parseScenario('story', [...node, 'attempt F/7/train/42 #0 10:00 11:00 2 gpus', 'expect origin $1'].join('\n')),
    );
    const key = workloadKey({ cluster: 'blue', namespace: 'ml', workload: 'api', pod: 'api-1', uid: 'u-1' });
    const holdings = hour!.holdings.map((holding) => ({ ...holding, attempt: { ...holding.attempt, key } }));
    expect(allocateHour({ ...hour!, holdings }).issues[0]!.field).toBe('ml/api/api-1');
  });

  test('refuses a host that has neither GPUs nor vCPUs nor memory: there is nothing to split by', () => {
    const story = parseScenario('story', 'node a gpus 1 from 10:00 to 11:00\nprice a - - $1/h\nexpect origin $1');
    const [hour] = hostHoursOf(story);
    const host = { ...hour!.host, gpus: nanoGpus(0n) };
    expect(() => allocateHour({ ...hour!, host })).toThrow('has no GPUs, vCPUs or memory to split a charge by');
  });
});
