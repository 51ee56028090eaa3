import { existsAt } from '../../../exporter/src/simulation/host-plan';
import { SWEEP_FLOW } from '../../../exporter/src/simulation/flow-catalog';
import { createWorld, demoWorld, type WorldOptions } from '../../../exporter/src/simulation/world';
import { everHeld, type Plan, podsOf, type SimulatedPod } from '../../../exporter/src/simulation/world-facts';
import { HOUR_MS } from '../../../exporter/src/units/interval';

const NOW = Date.UTC(2026, 10, 21, 9, 17, 31, 250);
const START = Date.UTC(2026, 10, 2, 8);

const options = (over: Partial<WorldOptions> = {}): WorldOptions => ({
  seed: 7,
  start: START,
  end: START + 4 * HOUR_MS,
  nodes: 8,
  gapMinutes: 5,
  pace: 0.2,
  runawayAt: START + HOUR_MS,
  endpoint: 'gpu',
  reclaimsUntil: START + 3 * HOUR_MS,
  spotLife: [HOUR_MS, 2 * HOUR_MS],
  ...over,
});

const textOf = (plan: Plan): string =>
  JSON.stringify(plan, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
const planOf = (over: Partial<WorldOptions> = {}): Plan => createWorld(options(over)).planAt(START + 4 * HOUR_MS);

/** Pairs of pods that hold one GPU at one time. */
function collisions(pods: readonly SimulatedPod[]): string[] {
  const held = pods.flatMap((pod) => pod.gpus.map((gpu) => ({ pod, place: `${pod.host.name} ${gpu}` })));
  const byPlace = new Map<string, SimulatedPod[]>();
  for (const { pod, place } of held) byPlace.set(place, [...(byPlace.get(place) ?? []), pod]);
  return [...byPlace].flatMap(([place, holders]) => {
    const sorted = [...holders].sort((a, b) => a.start - b.start);
    return sorted.flatMap((pod, index) => {
      const next = sorted[index + 1];
      return next && (pod.end === null || next.start < pod.end) ? [`${place}: ${pod.name}, ${next.name}`] : [];
    });
  });
}

describe('A simulated world', () => {
  const seeds = [1, 7, 42, 2026];
  const plans = seeds.map((seed) => planOf({ seed }));

  it('is the same for the same seed, and another for another', () => {
    expect(textOf(planOf({ seed: 7 }))).toBe(textOf(plans[1]!));
    expect(new Set(plans.map(textOf)).size).toBe(seeds.length);
  });

  it('does not depend on how often it is asked', () => {
    const world = createWorld(options());
    for (let at = START; at < START + 4 * HOUR_MS; at += 7 * 60_000) world.planAt(at);
    expect(textOf(world.planAt(START + 4 * HOUR_MS))).toBe(textOf(plans[1]!));
  });

  it.each(seeds.map((seed, index) => [seed, plans[index]!] as const))('of seed %d is possible', (_seed, plan) => {
    const pods = podsOf(plan);
    expect(pods.length).toBeGreaterThan(50);
    expect(collisions(pods)).toEqual([]);
    const times = pods.flatMap(({ created, start, end, busyness }) => [
      created,
      start,
      end ?? 0,
      ...busyness.map(({ from }) => from),
    ]);
    expect(times.filter((time) => time % 1000 !== 0)).toEqual([]);
    const outside = pods.filter(
      ({ host, start, end }) => !existsAt(host, start) || (host.to !== null && (end ?? Infinity) > host.to),
    );
    expect(outside).toEqual([]);
    expect(pods.filter(({ host }) => host.cordoned)).toEqual([]);
    const attempts = plan.runs.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts));
    for (const { pod, codeStart, codeEnd } of attempts) {
      expect(pod.created).toBeLessThan(pod.start);
      expect(codeStart).toBeGreaterThanOrEqual(pod.start);
      if (codeEnd !== null) expect(codeEnd).toBeLessThan(pod.end!);
    }
  });

  it('retries after a wait, in a pod of its own, and ends a task with its last attempt', () => {
    const tasks = plans
      .flatMap(({ runs }) => runs.flatMap((run) => run.tasks))
      .filter((task) => task.attempts.length > 1);
    expect(tasks.length).toBeGreaterThan(3);
    for (const { attempts } of tasks) {
      expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, place) => place));
      expect(new Set(attempts.map(({ pod }) => pod.uid)).size).toBe(attempts.length);
      for (const [place, { pod }] of attempts.slice(1).entries()) {
        expect(pod.created).toBeGreaterThan(attempts[place]!.pod.end! + 120_000);
      }
    }
  });

  it('is over at its end: no pod of a run is open, and the runaway has been killed', () => {
    const attempts = plans.flatMap(({ runs }) => runs.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts)));
    expect(attempts.filter(({ pod }) => pod.end === null || pod.end > START + 4 * HOUR_MS)).toEqual([]);
    for (const { runs } of plans) expect(runs.filter(({ note }) => note !== null)).toHaveLength(1);
  });
});

describe('The week of the demo', () => {
  const { world, options: made } = demoWorld({ seed: 7, now: NOW });
  const plan = world.planAt(NOW);
  const attempts = plan.runs.flatMap(({ tasks }) => tasks.flatMap((task) => task.attempts));
  const begun = attempts.filter(({ pod }) => pod.start <= NOW);

  it('has 64 GPUs on eight nodes at its end, and began a week before', () => {
    const alive = plan.hosts.filter((host) => existsAt(host, NOW));
    expect(alive.map(({ gpuUuids }) => gpuUuids.length)).toEqual(Array(8).fill(8));
    expect(NOW - made.start).toBeGreaterThanOrEqual(7 * 24 * HOUR_MS);
    expect(new Set(plan.hosts.map(({ era }) => era))).toEqual(new Set(['legacy', 'renamed']));
  });

  it('has eight flows of three teams, sweeps, config variants and multi-hour runs', () => {
    expect(new Set(plan.runs.map(({ flow }) => flow.name)).size).toBe(8);
    expect(new Set(plan.runs.map(({ flow }) => flow.team)).size).toBe(3);
    expect(plan.runs.filter(({ tasks }) => tasks.some(({ item }) => (item ?? 0) >= 4)).length).toBeGreaterThan(10);
    const variants = plan.runs.filter(({ flow }) => flow === SWEEP_FLOW).map(({ config }) => config['model']);
    expect(new Set(variants).size).toBe(2);
    const long = plan.runs.filter(({ started, ended }) => ended !== null && ended - started > 3 * HOUR_MS);
    expect(long.length).toBeGreaterThan(10);
  });

  it('has failures, kills, spot reclaims, failed runs and a node without work', () => {
    const fates = new Set(begun.map(({ fate }) => fate));
    expect(fates).toEqual(new Set(['succeeded', 'failed', 'killed', 'reclaimed']));
    const failed = plan.runs.filter(
      ({ tasks }) => tasks.at(-1)!.attempts.at(-1)!.fate !== 'succeeded' && tasks.at(-1)!.step !== 'end',
    );
    expect(failed.length).toBeGreaterThan(1);
    expect(plan.hosts.filter(({ name }) => !podsOf(plan).some(({ host }) => host.name === name))).toHaveLength(1);
  });

  it('has a warm endpoint on one MIG instance, and one run that runs away and is still open', () => {
    expect(plan.services).toHaveLength(1);
    expect(plan.services[0]).toMatchObject({ migInstance: 0, gpus: [], namespace: 'serving', end: null });
    const runaways = plan.runs.filter(({ note }) => note !== null);
    expect(runaways).toHaveLength(1);
    const open = runaways[0]!.tasks.filter(
      ({ attempts: [first] }) => first!.pod.start <= NOW && first!.pod.end === null,
    );
    expect(open.length).toBeGreaterThan(20);
  });

  it('goes on: a week later there are new runs, and those of before are the same', () => {
    const before = textOf({ ...plan, runs: plan.runs.slice() });
    const known = plan.runs.length;
    const later = world.planAt(NOW + 7 * 24 * HOUR_MS);
    expect(later.runs.length).toBeGreaterThan(known + 300);
    expect(textOf({ ...later, runs: later.runs.slice(0, known) })).toBe(before);
  });
});

describe('A world that a test holds in its hand', () => {
  const quiet = options({ end: null, gapMinutes: null, runawayAt: null, endpoint: null, reclaimsUntil: START });
  const gpusAt = (plan: Plan, at: number): number =>
    podsOf(plan)
      .filter((pod) => everHeld(pod) && pod.start <= at && (pod.end === null || at < pod.end))
      .reduce((sum, { gpus }) => sum + gpus.length, 0);

  it('triples the burn of a run when it is told to, and ends it when it is killed', () => {
    const world = createWorld(quiet);
    const run = world.launch({ at: START + 500, flow: SWEEP_FLOW, fanOut: 2, minutes: Infinity });
    const burning = START + 10 * 60_000;
    expect(gpusAt(world.planAt(burning), burning)).toBe(2);
    world.addTasks({ run, count: 4, at: burning });
    expect(gpusAt(world.planAt(burning), burning - 1000)).toBe(2);
    expect(gpusAt(world.planAt(burning), burning + 15_000)).toBe(6);
    world.stop({ run, at: burning + 60_000 });
    expect(gpusAt(world.planAt(burning), burning + 59_999)).toBe(6);
    expect(gpusAt(world.planAt(burning), burning + 60_000)).toBe(0);
    expect(world.planAt(burning).runs[0]!.ended).toBe(burning + 60_000);
  });

  it('gives a killed run’s GPUs to others', () => {
    const world = createWorld({ ...quiet, nodes: 1 });
    const run = world.launch({ at: START, flow: SWEEP_FLOW, fanOut: 8, minutes: Infinity });
    const at = START + 30 * 60_000;
    expect(() => world.launch({ at, flow: SWEEP_FLOW, fanOut: 1, minutes: 10 })).toThrow('no room');
    world.stop({ run, at });
    expect(world.launch({ at, flow: SWEEP_FLOW, fanOut: 8, minutes: 10 })).toBe(run + 1);
    expect(collisions(podsOf(world.planAt(at)))).toEqual([]);
  });
});
