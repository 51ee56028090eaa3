import { type RunKey, runKeyText } from '../../facts/attempt';
import type { CostByBasis, RunMetrics } from '../../facts/published';
import { addCosts, sumByLabels } from './label-sums';

/** The run id under which folded runs of one deployment and flow are summed. */
export const OVERFLOW_RUN = '_overflow';

/** The additive numbers of a run, or of the folded runs of one deployment and flow. */
export type RunTotals = {
  readonly key: RunKey;
  readonly cost: CostByBasis | null;
  readonly perHour: bigint | null;
  readonly heldGpuSeconds: number;
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

/**
 * Gives at most `max` runs series of their own. Live runs come first; a run keeps its slot while it is there;
 * of the finished ones the cheapest fold first. A run that is itself named `_overflow` always folds.
 */
export class RunSlots {
  readonly #max: number;
  #kept: ReadonlySet<string> = new Set();

  constructor(max: number) {
    this.#max = max;
  }

  assign(runs: readonly RunMetrics[]): SlottedRuns {
    const ranked = runs.map((run) => this.#rank(run));
    if (runs.length > this.#max) ranked.sort((a, b) => a.rank - b.rank || byCost(a.run, b.run) || byText(a.key, b.key));
    const named = ranked.filter(({ run }) => run.key.run !== OVERFLOW_RUN);
    const shown = named.slice(0, this.#max);
    const folded = [...named.slice(this.#max), ...ranked.filter(({ run }) => run.key.run === OVERFLOW_RUN)];
    this.#kept = new Set(shown.map(({ key }) => key));
    return {
      shown: shown.map(({ run }) => run),
      overflow: overflowOf(folded.map(({ run }) => run)),
      folded: folded.length,
    };
  }

  #rank(run: RunMetrics): { run: RunMetrics; key: string; rank: number } {
    const key = runKeyText(run.key);
    return { run, key, rank: (run.live ? 0 : 2) + (this.#kept.has(key) ? 0 : 1) };
  }
}

function overflowOf(folded: readonly RunMetrics[]): RunTotals[] {
  const groups = sumByLabels(folded, {
    labels: ({ key }) => ({ deployment: key.deployment, flow: key.flow }),
    add: (sum: Omit<RunTotals, 'key'> | null, run) => ({
      cost: addCosts(sum?.cost ?? null, run.cost),
      perHour: addKnown(sum?.perHour ?? null, run.perHour),
      heldGpuSeconds: (sum?.heldGpuSeconds ?? 0) + run.heldGpuSeconds,
      unpricedSeconds: (sum?.unpricedSeconds ?? 0) + run.unpricedSeconds,
    }),
  });
  return groups.map(({ labels, sum }) => ({ key: { ...labels, run: OVERFLOW_RUN }, ...sum }));
}

function addKnown(a: bigint | null, b: bigint | null): bigint | null {
  return a === null || b === null ? (a ?? b) : a + b;
}

function byCost(a: RunMetrics, b: RunMetrics): number {
  const [left, right] = [lifetimeOf(a), lifetimeOf(b)];
  return left === right ? 0 : left > right ? -1 : 1;
}

const lifetimeOf = ({ cost }: RunMetrics): bigint => (cost === null ? 0n : cost.estimated + cost.billed);
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
