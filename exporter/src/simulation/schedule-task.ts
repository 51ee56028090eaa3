import type { Instant } from '../units/interval';
import type { Calendar } from './calendar';
import { type Chance, uuidFrom } from './chance';
import { existsAt } from './host-plan';
import type {
  AttemptFate,
  Busyness,
  FlowTemplate,
  SimulatedAttempt,
  SimulatedHost,
  SimulatedPod,
  SimulatedTask,
  StepTemplate,
} from './world-facts';

/** What tasks are placed with. `pace` multiplies the minutes of every step. */
export type Scheduler = {
  readonly chance: Chance;
  readonly calendar: Calendar;
  readonly hosts: readonly SimulatedHost[];
  readonly pace: number;
  /** When all nodes end; null: never. */
  readonly end: Instant | null;
  readonly nextTask: () => number;
};

/** A task to place: `minutes` null draws them from the step, Infinity never ends. */
export type TaskWish = {
  readonly run: number;
  readonly flow: FlowTemplate;
  readonly step: StepTemplate;
  readonly item: number | null;
  readonly registered: Instant;
  readonly minutes: number | null;
  /** False for what no chance may end early. */
  readonly mayFail: boolean;
};

/** The namespace of the pods that run tasks. */
export const TASK_NAMESPACE = 'ml';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const RETRY_WAIT_MS = 120_000;
const MAX_ATTEMPTS = 3;
const LEAST_GPU_MS = 5 * MINUTE_MS;
const LEAST_MS = 50 * SECOND_MS;
/** No GPU works in the last seconds of a pod: results are written then. */
const QUIET_END_MS = 90_000;
const QUIET_START_MS = 20_000;

/** Places a task with all its attempts; null where no node can hold it. */
export function scheduleTask(wish: TaskWish, scheduler: Scheduler): SimulatedTask | null {
  const id = scheduler.nextTask();
  const attempts: SimulatedAttempt[] = [];
  for (let ready = wish.registered; attempts.length < MAX_ATTEMPTS;) {
    const attempt = scheduleAttempt({ ...wish, id, number: attempts.length, ready }, scheduler);
    if (attempt === null) return null;
    attempts.push(attempt);
    if (attempt.fate === 'succeeded' || attempt.pod.end === null) break;
    ready = attempt.pod.end + RETRY_WAIT_MS;
  }
  const { step, item, registered } = wish;
  return { id, step: step.name, item, registered, attempts };
}

/** When a task is over, by its last attempt; null while no end is planned. */
export function taskEnd({ attempts }: SimulatedTask): Instant | null {
  return attempts.at(-1)!.pod.end;
}

type AttemptWish = TaskWish & { readonly id: number; readonly number: number; readonly ready: Instant };

function scheduleAttempt(wish: AttemptWish, scheduler: Scheduler): SimulatedAttempt | null {
  const { chance } = scheduler;
  const created = Math.ceil(wish.ready / SECOND_MS) * SECOND_MS + SECOND_MS;
  const drawn = drawFate(wish, chance);
  const durationMs = drawDuration(wish, { scheduler, fate: drawn });
  const place = placeOf(wish, { scheduler, ready: created + chance.whole(2, 4) * SECOND_MS, durationMs });
  if (place === null) return null;
  const { host, gpus, start } = place;
  const wished = start + durationMs;
  const isReclaimed = host.to !== null && host.to !== scheduler.end && host.to < wished;
  const fate = isReclaimed ? 'reclaimed' : drawn;
  const end = Math.min(wished, host.to ?? Infinity);
  const isEndless = durationMs === Infinity && !isReclaimed;
  const codeStart = start + (wish.step.gpus > 0 ? chance.whole(15_000, 50_000) : chance.whole(8000, 20_000));
  const writesEnd = !isEndless && (fate === 'succeeded' || fate === 'failed');
  const pod = podOf(wish, {
    host,
    gpus,
    created,
    start,
    end: isEndless ? null : end,
    reason: fate === 'succeeded' ? 'Completed' : fate === 'killed' ? 'OOMKilled' : 'Error',
    busyness: busynessOf(wish.step, { chance, codeStart, end }),
    chance,
  });
  return { number: wish.number, pod, codeStart, codeEnd: writesEnd ? end - chance.whole(1200, 4000) : null, fate };
}

function drawFate({ step, number, mayFail }: AttemptWish, chance: Chance): AttemptFate {
  if (!mayFail || step.gpus === 0) return 'succeeded';
  if (chance.happens(number === 0 ? 5 : 30)) return 'failed';
  return chance.happens(3) ? 'killed' : 'succeeded';
}

function drawDuration(
  { step, minutes }: AttemptWish,
  { scheduler: { chance, pace }, fate }: { scheduler: Scheduler; fate: AttemptFate },
): number {
  if (minutes === Infinity) return Infinity;
  const [least, most] = step.minutes;
  const drawn = minutes === null ? chance.whole(least * 60, most * 60) * pace : minutes * 60;
  const part = fate === 'succeeded' ? 1 : chance.whole(20, 80) / 100;
  return Math.max(Math.round(drawn * part) * SECOND_MS, step.gpus > 0 ? LEAST_GPU_MS : LEAST_MS);
}

type Placing = { readonly scheduler: Scheduler; readonly ready: Instant; readonly durationMs: number };

/** Tasks without GPUs go round the on-demand nodes, beside whatever these hold. */
function placeOf({ step, id }: AttemptWish, { scheduler, ready, durationMs }: Placing): ReturnType<Calendar['take']> {
  if (step.gpus > 0) return scheduler.calendar.take({ gpus: step.gpus, ready, durationMs });
  const open = scheduler.hosts.filter(
    (host) => !host.cordoned && host.capacityType === 'on_demand' && existsAt(host, ready),
  );
  const host = open[id % Math.max(open.length, 1)];
  return host ? { host, gpus: [], start: ready } : null;
}

function busynessOf(
  { gpus, percent }: StepTemplate,
  { chance, codeStart, end }: { chance: Chance; codeStart: Instant; end: Instant },
): Busyness[] {
  if (gpus === 0) return [];
  const worksFrom = Math.ceil((codeStart + QUIET_START_MS) / SECOND_MS) * SECOND_MS;
  const worksUntil = Number.isFinite(end) ? end - QUIET_END_MS : Infinity;
  const work: Busyness = { from: worksFrom, percent: chance.whole(...percent) };
  if (!Number.isFinite(worksUntil)) return [work];
  const length = worksUntil - worksFrom;
  const pauses = length > 40 * MINUTE_MS && chance.happens(25);
  const pauseFrom = worksFrom + Math.floor(length / 3 / SECOND_MS) * SECOND_MS;
  const pauseMs = chance.whole(6, 12) * MINUTE_MS;
  const pause = [
    { from: pauseFrom, percent: 0 },
    { from: pauseFrom + pauseMs, percent: work.percent },
  ];
  return [work, ...(pauses ? pause : []), { from: worksUntil, percent: 0 }];
}

type PodTimes = Pick<SimulatedPod, 'host' | 'gpus' | 'created' | 'start' | 'end' | 'reason' | 'busyness'>;

/** Metaflow names a pod after nothing of its run: the annotations say which attempt it is. */
function podOf(wish: AttemptWish, { chance, ...times }: PodTimes & { chance: Chance }): SimulatedPod {
  const { run, flow, step, id, number } = wish;
  const job = `t-${chance.hex(8)}-${chance.suffix()}`;
  return {
    ...times,
    uid: uuidFrom(chance),
    namespace: TASK_NAMESPACE,
    name: `${job}-${chance.suffix()}`,
    container: step.name.replaceAll('_', '-'),
    migInstance: null,
    vcpus: step.vcpus,
    memoryMegabytes: step.memoryMegabytes,
    owner: { kind: 'Job', name: job },
    labels: { 'app.kubernetes.io/name': 'metaflow-task', 'app.kubernetes.io/part-of': 'metaflow' },
    annotations: {
      'metaflow/attempt': String(number),
      'metaflow/flow_name': flow.name,
      'metaflow/project_name': flow.project,
      'metaflow/run_id': String(run),
      'metaflow/step_name': step.name,
      'metaflow/task_id': String(id),
      'metaflow/user': flow.user,
    },
  };
}
