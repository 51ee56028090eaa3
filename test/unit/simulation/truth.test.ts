import type { Attempt } from '../../../exporter/src/facts/attempt';
import type { Host } from '../../../exporter/src/facts/host';
import { printExpected, readExpected } from '../../../exporter/src/simulation/expected-costs';
import { CLUSTER, DEPLOYMENT, type Truth, truthOf } from '../../../exporter/src/simulation/truth';
import { createWorld } from '../../../exporter/src/simulation/world';
import type { Plan, SimulatedHost, SimulatedPod, SimulatedRun } from '../../../exporter/src/simulation/world-facts';
import { HOUR_MS } from '../../../exporter/src/units/interval';
import { printAmount } from '../../../exporter/src/units/money-text';
import { bytes, milliVcpus, nanoGpus } from '../../../exporter/src/units/quantity';
import { oracleHour } from '../../oracle/allocate-oracle';

const START = Date.UTC(2026, 0, 5);
const MINUTE_MS = 60_000;

/** A small world written down: one node of `gpus` GPUs at `price` dollars, and tasks `task gpus from to` in minutes. */
function written(gpus: number, price: bigint, tasks: readonly string[]): Plan {
  const host = {
    name: 'node',
    gpuUuids: Array(gpus).fill('GPU'),
    pricePerHour: price * 10n ** 12n,
    from: START,
    to: START + 2 * HOUR_MS,
  };
  const attempts = tasks.map((line) => {
    const [task, held, from, to] = line.split(' ').map(Number) as [number, number, number, number];
    const pod = {
      host: host as unknown as SimulatedHost,
      start: START + from * MINUTE_MS,
      end: START + to * MINUTE_MS,
      gpus: Array(held).fill(0),
      migInstance: null,
      vcpus: 4,
      memoryMegabytes: 16_000,
    } as unknown as SimulatedPod;
    return { id: task, step: 'train', attempts: [{ number: 0, pod }] };
  });
  const run = { number: 1, flow: { name: 'F' }, tasks: attempts } as unknown as SimulatedRun;
  return { hosts: [host as unknown as SimulatedHost], runs: [run], services: [] };
}

const told = ({ attempts, idle, total }: Truth): string[] => [
  ...attempts.map(({ task, cost }) => `${task} ${printAmount(cost)}`),
  `idle ${printAmount(idle)}`,
  `total ${printAmount(total)}`,
];

describe('The truth of a simulated world', () => {
  // The arithmetic of each row stands beside it; a node of four GPUs costs $8 an hour, $2 a GPU-hour.
  test.each([
    ['nobody: 2 h × 8', [], ['idle 16', 'total 16']],
    ['one task: 1 GPU × 1 h', ['1 1 0 60'], ['1 2', 'idle 14', 'total 16']],
    [
      'two side by side: 2 × 1.5 h × 2 and 1 × 0.5 h × 2',
      ['1 2 0 90', '2 1 30 60'],
      ['1 6', '2 1', 'idle 9', 'total 16'],
    ],
    [
      // A third of an hour's 8 $ cannot be divided: 20 min of one GPU is 2 ÷ 3.
      'a third: 20 min × 2',
      ['1 1 0 20'],
      ['1 0.666666666667', 'idle 15.333333333333', 'total 16'],
    ],
    [
      // Six GPUs asked of four: 4 × 10⁹ dealt 3 : 3, so $4 each for the first hour.
      'too many: both are scaled to half the node',
      ['1 3 0 60', '2 3 0 60'],
      ['1 4', '2 4', 'idle 8', 'total 16'],
    ],
    [
      // 4 vCPU × 0.031611 + 14.901161193847656 GiB × 0.004237 = 0.189580219978… $/h; the weight is ⌊4·10⁹ × that ÷ 8⌉
      // = 94,790,110 and 8 × that ÷ 4·10⁹ = 0.18958022.
      'a task without GPUs beside an idle node',
      ['1 0 0 60'],
      ['1 0.18958022', 'idle 15.81041978', 'total 16'],
    ],
  ])('%s', (_, tasks, expected) => {
    expect(told(truthOf(written(4, 8n, tasks), START + 2 * HOUR_MS))).toEqual(expected);
  });

  const world = (seed: number): Plan =>
    createWorld({
      seed,
      start: START,
      end: START + 3 * HOUR_MS,
      nodes: 7,
      gapMinutes: 5,
      pace: 0.15,
      runawayAt: START + HOUR_MS,
      endpoint: 'gpu',
      reclaimsUntil: START + 2.5 * HOUR_MS,
      spotLife: [HOUR_MS, 1.7 * HOUR_MS],
    }).planAt(START + 3 * HOUR_MS);

  test.each([3, 7, 11])('of seed %d sums to what the nodes cost, to the last digit', (seed) => {
    const plan = world(seed);
    const { attempts, services, total, idle } = truthOf(plan, START + 3 * HOUR_MS);
    const sum = [...attempts, ...services].reduce((all, { cost }) => all + cost, idle);
    expect(sum).toBe(total);
    const nodes = plan.hosts.reduce((all, { pricePerHour, from, to }) => all + pricePerHour * BigInt(to! - from), 0n);
    const rounding = total * BigInt(HOUR_MS) - nodes;
    // Each node-hour is rounded once: half a unit each at most.
    expect(rounding < 0n ? -rounding : rounding).toBeLessThan(BigInt(plan.hosts.length * 5 * HOUR_MS));
    expect(attempts.every(({ cost }) => cost > 0n)).toBe(true);
  });

  test.each([3, 7, 11])('of seed %d is what the oracle of the tests says, which shares no code with it', (seed) => {
    const plan = world(seed);
    const truth = truthOf(plan, START + 3 * HOUR_MS);
    const own = new Map(
      [...truth.attempts, ...truth.services].map((row) => [`${row.flow}/${row.task}/${row.attempt}`, row.cost]),
    );
    const other = new Map<string, bigint>();
    let idle = 0n;
    for (const host of plan.hosts) {
      for (let start = START; start < START + 3 * HOUR_MS; start += HOUR_MS) {
        for (const { pieces } of oracleHour(oracleInput(plan, host, start))) {
          for (const { kind, holder, amount } of pieces) {
            if (kind === 'idle') idle += amount!;
            if (holder === null) continue;
            const name = `${holder.flow}/${holder.task}/${holder.attempt}`;
            other.set(name, (other.get(name) ?? 0n) + amount!);
          }
        }
      }
    }
    expect(other).toEqual(own);
    expect(idle).toBe(truth.idle);
  });

  test('is written and read as a table', () => {
    const text = printExpected(truthOf(written(4, 8n, ['1 1 0 20', '2 0 0 60']), START + 2 * HOUR_MS));
    expect(text).toBe(
      'flow\trun\tstep\ttask\tattempt\tcost\n' +
        'F\t1\ttrain\t1\t0\t0.666666666667\n' +
        'F\t1\ttrain\t2\t0\t0.18958022\n' +
        '# total\t16\n# idle\t15.143753113333\n',
    );
    const read = readExpected(text);
    expect(read).toMatchObject({ total: '16', idle: '15.143753113333' });
    expect(read.rows[1]).toEqual({ flow: 'F', run: '1', step: 'train', task: '2', attempt: '0', cost: '0.18958022' });
    expect(() => readExpected('F\t1\ttrain\n')).toThrow('expected.tsv:1 has 3 columns, not 6.');
    expect(() => readExpected('# total\t16\n')).toThrow('no row "# idle"');
  });
});

/** A node's hour for the oracle: pods as attempts, the endpoint under the cluster's name. */
function oracleInput(plan: Plan, host: SimulatedHost, start: number): Parameters<typeof oracleHour>[0] {
  const ofRuns = plan.runs.flatMap((run) =>
    run.tasks.flatMap((task) =>
      task.attempts.map(({ number, pod }) => {
        const key = { deployment: DEPLOYMENT, flow: run.flow.name, run: String(run.number), step: task.step };
        return { pod, key: { ...key, task: String(task.id), attempt: number } };
      }),
    ),
  );
  const ofServices = plan.services.map((pod) => {
    const key = {
      deployment: CLUSTER,
      flow: '',
      run: `serving/${pod.name}`,
      step: pod.name,
      task: pod.uid,
      attempt: 0,
    };
    return { pod, key };
  });
  const holdings = [...ofRuns, ...ofServices]
    .filter(({ pod }) => pod.host.name === host.name)
    .map(({ pod, key }) => {
      const held = {
        gpus: nanoGpus(BigInt(pod.gpus.length) * 1_000_000_000n),
        vcpus: milliVcpus(BigInt(pod.vcpus) * 1000n),
        memory: bytes(BigInt(pod.memoryMegabytes) * 1_000_000n),
      };
      return { attempt: { key, start: pod.start, end: pod.end, isClone: false, held } as unknown as Attempt };
    });
  const price = { host: host.name, start: null, end: null, perHour: host.pricePerHour };
  return {
    host: { name: host.name, gpus: nanoGpus(8_000_000_000n), from: host.from, to: host.to } as Host,
    span: { start, end: start + HOUR_MS },
    prices: [price as Parameters<typeof oracleHour>[0]['prices'][number]],
    holdings,
    activity: [],
    firstHeld: null,
    lastHeld: null,
  };
}
