import { type RunKey, runKeyText } from '../../facts/attempt';
import type { CostByBasis, RunMetrics } from '../../facts/published';
import { addCosts, addKnown, lifetimeOf, sumByLabels } from './label-sums';
import { Slots } from './slots';

/** The run id under which folded runs of one deployment and flow are summed. */
export const OVERFLOW_RUN = '_overflow';

/** The additive numbers of a run, or of the folded runs of one deployment and flow. */
export type RunTotals = {
  readonly key: RunKey;
  readonly cost: CostByBasis | null;
  readonly perHour: bigint | null;
  readonly heldGpuSeconds: number;
  readonly usedGpuSeconds: number;
  readonly workloadIdleGpuSeconds: number;
  readonly energyJoules: number | null;
  readonly unpricedSeconds: number;
};

/** Which runs have series of their own, and the exact sums of those that do not. */
export type SlottedRuns = {
  readonly shown: readonly RunMetrics[];
  readonly overflow: readonly RunTotals[];
  readonly folded: number;
};

/** Every run's numbers once: shown runs, then the sums of the folded ones. */
export function totalsOf({ shown, overflow }: SlottedRuns): readonly RunTotals[] {
  return [...shown, ...overflow];
}

/** Gives at most `max` runs series of their own. A run that is itself named `_overflow` always folds. */
export class RunSlots {
  readonly #slots: Slots<RunMetrics>;

  constructor(max: number) {
    this.#slots = new Slots<RunMetrics>(max, {
      textOf: ({ key }) => runKeyText(key),
      isLive: ({ live }) => live,
      lifetimeOf,
      isReserved: ({ key }) => key.run === OVERFLOW_RUN,
    });
  }

  assign(runs: readonly RunMetrics[]): SlottedRuns {
    const { shown, folded } = this.#slots.assign(runs);
    return { shown, overflow: overflowOf(folded), folded: folded.length };
  }
}

function overflowOf(folded: readonly RunMetrics[]): RunTotals[] {
  const groups = sumByLabels(folded, {
    labels: ({ key }) => ({ deployment: key.deployment, flow: key.flow }),
    add: (sum: Omit<RunTotals, 'key'> | null, run) => ({
      cost: addCosts(sum?.cost ?? null, run.cost),
      perHour: addKnown(sum?.perHour ?? null, run.perHour),
      heldGpuSeconds: (sum?.heldGpuSeconds ?? 0) + run.heldGpuSeconds,
      usedGpuSeconds: (sum?.usedGpuSeconds ?? 0) + run.usedGpuSeconds,
      workloadIdleGpuSeconds: (sum?.workloadIdleGpuSeconds ?? 0) + run.workloadIdleGpuSeconds,
      energyJoules: addKnown(sum?.energyJoules ?? null, run.energyJoules),
      unpricedSeconds: (sum?.unpricedSeconds ?? 0) + run.unpricedSeconds,
    }),
  });
  return groups.map(({ labels, sum }) => ({ key: { ...labels, run: OVERFLOW_RUN }, ...sum }));
}
