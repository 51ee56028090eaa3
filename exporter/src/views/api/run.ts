import type { AttemptCost, RunPage, StepCost, TaskCost } from '../../contract/run';
import type { Run } from '../../facts/run';
import { heldParts } from '../held-parts';
import { instantOf, moneyOf, secondsOf } from '../wire';
import { type ChargedAttempt, chargedAttempts, costTogether, hostNames } from './charged-attempts';
import { divisionsOf, piecesOfRun } from './charged-pieces';
import { findRun } from './find-run';
import { freshness, type Handler, type Source } from './handler';
import { podOf } from './held-evidence';
import { summarize } from './run-cost';

/** One run with its cost by step, task and attempt. */
export const getRun: Handler<'getRun'> = async ({ params, query }, source) => {
  const run = await findRun({ ...params, deployment: query.deployment }, source);
  return pageOfRun(run, source);
};

async function pageOfRun(run: Run, source: Source): Promise<RunPage> {
  const { state, store } = source;
  const [[summary], attempts, pieces] = await Promise.all([
    summarize([run], source),
    store.attemptsOfRuns([run.key], state.asOf),
    piecesOfRun(run.key, source),
  ]);
  const charged = chargedAttempts(attempts, {
    pieces,
    divisions: await divisionsOf(pieces, source),
    hosts: hostNames(state),
  });
  return {
    ...summary!,
    systemTags: [...run.systemTags],
    config: run.config,
    steps: groupBy(charged, ({ attempt }) => attempt.key.step).map(([step, ofStep]) => stepOf(step, ofStep)),
    ...freshness(state),
  };
}

function stepOf(step: string, charged: readonly ChargedAttempt[]): StepCost {
  const tasks = groupBy(charged, ({ attempt }) => attempt.key.task).map(([task, ofTask]) => taskOf(task, ofTask));
  return { step, cost: moneyOf(costTogether(charged)), tasks };
}

function taskOf(task: string, charged: readonly ChargedAttempt[]): TaskCost {
  const attempts = [...charged].sort((a, b) => a.attempt.key.attempt - b.attempt.key.attempt).map(attemptOf);
  return { task, cost: moneyOf(costTogether(charged)), attempts };
}

function attemptOf(charged: ChargedAttempt): AttemptCost {
  const { attempt, pieces, tally, isUncharged, rung } = charged;
  const held = isUncharged ? null : tally.heldGpuSeconds;
  const { used, workloadIdle, unobserved } = heldParts(pieces);
  return {
    attempt: attempt.key.attempt,
    start: instantOf(attempt.start),
    end: instantOf(attempt.end),
    endSource: attempt.endSource,
    outcome: attempt.outcome,
    isClone: attempt.isClone,
    hosts: [...attempt.hosts],
    ...podOf(attempt),
    heldSource: attempt.held?.source ?? null,
    heldGpuSeconds: secondsOf(held),
    usedGpuSeconds: isUncharged ? null : secondsOf(used),
    workloadIdleGpuSeconds: isUncharged ? null : secondsOf(workloadIdle),
    unobservedGpuSeconds: isUncharged ? null : secondsOf(unobserved),
    confidence: attempt.confidence,
    rung,
    cost: moneyOf(costTogether([charged])),
  };
}

function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string): [string, Item[]][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return [...groups];
}
