import type { Instant } from '../units/interval';
import { type Scheduler, scheduleTask, taskEnd } from './schedule-task';
import type { FlowTemplate, SimulatedRun, SimulatedTask, StepTemplate } from './world-facts';

/** A run to place. */
export type RunWish = {
  readonly number: number;
  readonly flow: FlowTemplate;
  readonly started: Instant;
  /** In place of what the step's template says. */
  readonly over?: {
    readonly fanOut?: number;
    /** Of each GPU task; Infinity never ends. */
    readonly minutes?: number;
    readonly note?: string;
    readonly mayFail?: boolean;
  };
};

/** Places a run, step after step, each once the one before is over; null where some task fits on no node. */
export function scheduleRun(wish: RunWish, scheduler: Scheduler): SimulatedRun | null {
  const { number, flow, started, over } = wish;
  const { chance } = scheduler;
  const parametersTask = scheduler.nextTask();
  const [variant, experiment] = [chance.pick(flow.variants), chance.pick(flow.experiments)];
  const tasks: SimulatedTask[] = [];
  let ready: Instant | null = started + chance.whole(500, 1500);
  for (const step of flow.steps) {
    const placed = scheduleStep(step, { wish, ready, scheduler });
    if (placed === null) return null;
    tasks.push(...placed);
    ready = endOf(placed);
    if (ready === null || placed.some(hasFailed)) break;
    ready += chance.whole(300, 2500);
  }
  return {
    number,
    flow,
    tags: [`team:${flow.team}`, `experiment:${experiment}`],
    config: variant,
    started,
    ended: ready === null ? null : ready + 700,
    parametersTask,
    tasks,
    note: over?.note ?? null,
  };
}

type StepWish = { readonly wish: RunWish; readonly ready: Instant; readonly scheduler: Scheduler };

function scheduleStep(step: StepTemplate, { wish, ready, scheduler }: StepWish): SimulatedTask[] | null {
  const { number: run, flow, over } = wish;
  const width = step.fanOut === null ? 1 : (over?.fanOut ?? scheduler.chance.whole(...step.fanOut));
  const tasks = Array.from({ length: width }, (_, place) =>
    scheduleTask(
      {
        run,
        flow,
        step,
        item: step.fanOut === null ? null : place,
        registered: ready + place * 60,
        minutes: step.gpus > 0 ? (over?.minutes ?? null) : null,
        mayFail: over?.mayFail ?? true,
      },
      scheduler,
    ),
  );
  const placed = tasks.filter((task) => task !== null);
  return placed.length === width ? placed : null;
}

const hasFailed = ({ attempts }: SimulatedTask): boolean => attempts.at(-1)!.fate !== 'succeeded';

function endOf(tasks: readonly SimulatedTask[]): Instant | null {
  const ends = tasks.map(taskEnd);
  return ends.includes(null) ? null : Math.max(...ends.map(Number));
}
