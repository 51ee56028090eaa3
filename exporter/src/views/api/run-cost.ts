import { runKeyText } from '../../facts/attempt';
import type { Run } from '../../facts/run';
import type { RunSummary } from '../../contract/run';
import { addTallies, type CostTally, costOf, isComplete, NO_COST, tallyPieces } from '../cost-tally';
import { openPiecesOf } from '../open-pieces';
import { instantOf, moneyOf, secondsOf } from '../wire';
import type { Source } from './handler';

/** Runs as lists show them: their closed charges and the open ones after those. */
export async function summarize(runs: readonly Run[], { state, store }: Source): Promise<RunSummary[]> {
  if (runs.length === 0) return [];
  const closed = await store.closedCosts(
    runs.map(({ key }) => key),
    state.asOf,
  );
  const byRun = new Map<string, CostTally>(closed.map((cost) => [runKeyText(cost.key), cost]));
  return runs.map((run) => {
    const open = tallyPieces(openPiecesOf(state, run.key).map(({ piece }) => piece));
    return summaryOf(run, addTallies(byRun.get(runKeyText(run.key)) ?? NO_COST, open));
  });
}

function summaryOf(run: Run, tally: CostTally): RunSummary {
  const { key, startedAt, endedAt, outcome, user, runtime, tags, variant, gaps } = run;
  const cost = costOf(tally, gaps);
  return {
    deployment: key.deployment,
    flow: key.flow,
    runId: key.run,
    startedAt: instantOf(startedAt),
    endedAt: instantOf(endedAt),
    outcome,
    state: 'estimated',
    cost: moneyOf(cost),
    billed: cost === null ? null : moneyOf(tally.billed),
    estimated: cost === null ? null : moneyOf(tally.estimated),
    billedFraction: 0,
    costComplete: isComplete(tally, gaps),
    unpricedSeconds: tally.unpricedMs / 1000,
    heldGpuSeconds: secondsOf(tally.heldGpuSeconds),
    user,
    runtime,
    tags: [...tags],
    variant: variant && { id: variant.id, method: variant.method },
    labels: labelsOf(run),
  };
}

function labelsOf({ labels }: Run): RunSummary['labels'] {
  const { team, project, cost_center: costCenter, experiment, model_version: modelVersion } = labels;
  return { team, project, costCenter, experiment, modelVersion };
}
