import { assert } from '../assert';
import type { Instant } from '../units/interval';
import type { Calendar } from './calendar';
import type { SimulatedAttempt, SimulatedRun, SimulatedTask } from './world-facts';

/** A run as it is when somebody kills it at `at`: pods end then, and what had not begun never begins. */
export function stopRun(run: SimulatedRun, { at, calendar }: { at: Instant; calendar: Calendar }): SimulatedRun {
  assert(at % 1000 === 0, `Pods end at whole seconds: ${at}.`);
  const tasks = run.tasks.filter(({ registered }) => registered < at).map((task) => stopTask(task, at));
  for (const { attempts } of run.tasks) {
    for (const { pod } of attempts) {
      const isOver = pod.end !== null && pod.end <= at;
      if (!isOver) calendar.release(pod.host, pod.gpus, Math.max(at, pod.start));
    }
  }
  return { ...run, tasks, ended: run.ended === null ? at : Math.min(run.ended, at) };
}

function stopTask(task: SimulatedTask, at: Instant): SimulatedTask {
  const attempts = task.attempts.filter(({ pod }) => pod.created < at).map((attempt) => stopAttempt(attempt, at));
  return { ...task, attempts };
}

function stopAttempt(attempt: SimulatedAttempt, at: Instant): SimulatedAttempt {
  const { pod } = attempt;
  if (pod.end !== null && pod.end <= at) return attempt;
  return { ...attempt, fate: 'killed', codeEnd: null, pod: { ...pod, end: at, reason: 'Error' } };
}
