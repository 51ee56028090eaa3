import { assert } from '../assert';
import { HOUR_MS, type Instant } from '../units/interval';
import { type Calendar, createCalendar } from './calendar';
import { type Chance, chanceFrom } from './chance';
import { FLOWS, SWEEP_FLOW } from './flow-catalog';
import { planHosts, USUAL_SPOT_LIFE, withMigInstances } from './host-plan';
import { scheduleRun, type RunWish } from './schedule-run';
import { type Scheduler, scheduleTask } from './schedule-task';
import { stopRun } from './stop-run';
import { warmEndpoint } from './warm-endpoint';
import type { FlowTemplate, Plan, SimulatedRun } from './world-facts';

/** What a simulated world is made from. */
export type WorldOptions = {
  readonly seed: number;
  readonly start: Instant;
  /** When everything is over, nodes included; null: it goes on. A whole second. */
  readonly end: Instant | null;
  readonly nodes: number;
  /** Minutes between two runs, on average; null: no runs but those that are launched. */
  readonly gapMinutes: number | null;
  /** Multiplies the minutes of every step; 1 is multi-hour runs. */
  readonly pace: number;
  /** When one run begins to run away; null: never. */
  readonly runawayAt: Instant | null;
  /** What the warm endpoint holds; null: there is none. */
  readonly endpoint: 'gpu' | 'mig' | null;
  /** Spot nodes are taken away until then. */
  readonly reclaimsUntil: Instant;
  readonly spotLife?: readonly [Instant, Instant];
};

/** A run that a test starts itself, beside the planned ones. */
export type Launch = {
  readonly at: Instant;
  readonly flow: FlowTemplate;
  readonly fanOut?: number;
  /** Of every GPU task; Infinity goes on until it is stopped. */
  readonly minutes?: number;
};

/** A world that is planned as far as it is asked for. The same seed and the same calls give the same world. */
export type World = {
  /** Everything that has been planned once all runs that start up to `at` are. */
  planAt(at: Instant): Plan;
  /** Starts a run that cannot fail by chance; gives its number. */
  launch(launch: Launch): number;
  /** Starts more tasks of the last GPU step of a run: its burn grows. */
  addTasks(more: { run: number; count: number; at: Instant; minutes?: number }): void;
  /** Kills a run: its pods end at `at`, a whole second. */
  stop(what: { run: number; at: Instant }): void;
};

/** The end of the last planned run lies at least this long before the end of the world. */
const CALM_END_MS = 5 * 60_000;
/** Of every node, three GPUs. */
const RUNAWAY_TASKS_PER_NODE = 3;

/** Makes a world. */
export function createWorld(options: WorldOptions): World {
  const chance = chanceFrom(options.seed);
  const state = planStart(options, chance);
  const { plan, scheduler, calendar } = state;
  return {
    planAt(at) {
      while (state.nextArrival <= Math.min(at, options.end ?? Infinity)) arrive(state, options);
      return plan;
    },
    launch({ at, flow, ...over }) {
      const run = place(state, { number: state.runs + 1, flow, started: at, over: { ...over, mayFail: false } });
      assert(run !== null, 'The simulated cluster has no room for this run.');
      return run.number;
    },
    addTasks({ run: number, count, at, minutes = Infinity }) {
      const index = plan.runs.findIndex((run) => run.number === number);
      const run = plan.runs[index];
      const step = run?.flow.steps.findLast(({ gpus }) => gpus > 0);
      assert(run !== undefined && step !== undefined, `There is no run ${number} with GPUs.`);
      const items = run.tasks.filter((task) => task.step === step.name).length;
      const tasks = Array.from({ length: count }, (_, place) => {
        const item = items + place;
        const wish = { run: number, flow: run.flow, step, item, registered: at + place, minutes, mayFail: false };
        return scheduleTask(wish, scheduler);
      });
      const placed = tasks.filter((task) => task !== null);
      assert(placed.length === count, 'The simulated cluster has no room for these tasks.');
      plan.runs[index] = { ...run, tasks: [...run.tasks, ...placed] };
    },
    stop({ run: number, at }) {
      const index = plan.runs.findIndex((run) => run.number === number);
      assert(index >= 0, `There is no run ${number}.`);
      plan.runs[index] = stopRun(plan.runs[index]!, { at, calendar });
    },
  };
}

type Mutable = {
  readonly plan: Plan & { readonly runs: SimulatedRun[] };
  readonly calendar: Calendar;
  readonly scheduler: Scheduler;
  runs: number;
  nextArrival: Instant;
  isRunawayDue: boolean;
};

function planStart(options: WorldOptions, chance: Chance): Mutable {
  const { start, end, nodes, reclaimsUntil, spotLife = USUAL_SPOT_LIFE, endpoint, pace } = options;
  const whole = planHosts({ chance, nodes, start, end, spotLife, reclaimsUntil });
  const hosts = endpoint === 'mig' ? withMigInstances(whole) : whole;
  const calendar = createCalendar(hosts);
  const services = endpoint === null ? [] : [warmEndpoint(hosts[0]!, { start, end, chance })];
  // Instances are never given out as a whole GPU, whether somebody holds one of them or not.
  if (endpoint !== null) calendar.reserve(hosts[0]!, [hosts[0]!.gpuUuids.length - 1], { start, end: Infinity });
  let tasks = 0;
  return {
    plan: { hosts, runs: [], services },
    calendar,
    scheduler: { chance, calendar, hosts, pace, end, nextTask: () => (tasks += 1) },
    runs: 0,
    nextArrival: options.gapMinutes === null ? Infinity : start + 30_000 + chance.whole(0, 999),
    isRunawayDue: options.runawayAt !== null,
  };
}

function arrive(state: Mutable, options: WorldOptions): void {
  const { scheduler, calendar, nextArrival: started } = state;
  const { chance } = scheduler;
  calendar.forgetUntil(started);
  if (state.isRunawayDue && started >= options.runawayAt!) {
    state.isRunawayDue = false;
    runAway(state, { started, options });
  } else {
    place(state, { number: state.runs + 1, flow: chance.pick(FLOWS), started }, options.end);
  }
  const gapMs = options.gapMinutes! * 60_000;
  state.nextArrival = started + chance.whole(Math.floor(gapMs * 0.3), Math.ceil(gapMs * 1.7));
}

function runAway(state: Mutable, { started, options }: { started: Instant; options: WorldOptions }): void {
  const { end, nodes } = options;
  const fanOut = RUNAWAY_TASKS_PER_NODE * nodes;
  const note = `runs away: ${fanOut} trials where this flow has six to eight, and none of them ends`;
  const over = { fanOut, minutes: Infinity, note, mayFail: false };
  const run = place(state, { number: state.runs + 1, flow: SWEEP_FLOW, started, over });
  if (run === null || end === null) return;
  const at = Math.floor((end - 2 * CALM_END_MS) / 1000) * 1000;
  state.plan.runs[state.plan.runs.length - 1] = stopRun(run, { at, calendar: state.calendar });
}

/** Adds a run to the plan; one that would outlive the world is left out, and its place is free again. */
function place(state: Mutable, wish: RunWish, end: Instant | null = null): SimulatedRun | null {
  const undo = state.calendar.checkpoint();
  const run = scheduleRun(wish, state.scheduler);
  const isLate = run !== null && end !== null && (run.ended === null || run.ended > end - CALM_END_MS);
  if (run === null || isLate) {
    undo();
    return null;
  }
  state.runs = run.number;
  state.plan.runs.push(run);
  return run;
}

/** A week of a cluster of multi-hour runs, which ends at `now` and goes on: what `flowledger demo` shows. */
export function demoWorld({ seed, now }: { seed: number; now: Instant }): { options: WorldOptions; world: World } {
  const start = Math.floor(now / HOUR_MS) * HOUR_MS - 7 * 24 * HOUR_MS;
  const options: WorldOptions = {
    seed,
    start,
    end: null,
    nodes: 8,
    gapMinutes: 20,
    pace: 1,
    runawayAt: now - 9 * HOUR_MS,
    endpoint: 'mig',
    reclaimsUntil: now - 6 * HOUR_MS,
  };
  return { options, world: createWorld(options) };
}
