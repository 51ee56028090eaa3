import { type AttemptKey, type RunKey, runKeyText } from '../facts/attempt';
import type { AllocatedCharge, ChargePeriod } from '../facts/charge';
import type { Rollup } from '../facts/published';
import type { Run } from '../facts/run';
import { isWorkload } from '../facts/workload';
import type { LoadId, RollupBy, Store } from '../store/store';
import type { Interval } from '../units/interval';
import { workloadPieces } from './workload-pieces';

const SHOWN = [
  'flow',
  'step',
  'config_variant',
  'team',
  'experiment',
  'model_version',
] as const satisfies readonly RollupBy[];

/** What only runs of flows have; workloads count in the others, but not as runs. */
const OF_FLOWS: ReadonlySet<RollupBy> = new Set(['flow', 'step', 'config_variant']);

/**
 * Closed month-to-date rollups of every dimension. `uncounted` runs have open pieces too: their cost is in the sums,
 * but they are counted by {@link withOpen}. Groups that are wholly unpriced are left out: unknown is absent, not 0.
 */
export async function closedRollups(
  { store, asOf, month }: { store: Store; asOf: LoadId; month: Interval },
  uncounted: readonly RunKey[],
): Promise<Rollup[]> {
  const byDimension = await Promise.all(
    SHOWN.map(async (dimension) => {
      const rows = await store.rollup({ by: dimension, window: month, uncounted }, asOf);
      return rows
        .filter(({ estimated, billed, unpricedMs }) => unpricedMs === 0 || estimated !== 0n || billed !== 0n)
        .map(({ deployment, flow, value, estimated, billed, runs }) => {
          const cost = { estimated, billed };
          return { dimension, deployment, flow, value, cost, runs };
        });
    }),
  );
  return byDimension.flat();
}

/** Closed rollups and what the open hours add to them. */
export type OpenRollupInput = {
  readonly closed: readonly Rollup[];
  /** Closed pieces of this month of the runs that also have open ones. */
  readonly closedPieces: readonly AllocatedCharge[];
  readonly open: readonly ChargePeriod[];
  /** Every run that has an open piece. */
  readonly runs: ReadonlyMap<string, Run>;
};

/** Adds what the open hours hold to the closed rollups; a run counts once in each group. */
export function withOpen({ closed, closedPieces, open, runs }: OpenRollupInput): Rollup[] {
  const groups = new Map<string, Rollup>(closed.map((rollup) => [groupOf(rollup), rollup]));
  const counted = new Set<string>();
  const add = (holder: AttemptKey, amount: bigint): void => {
    const run = runs.get(runKeyText(holder));
    if (!run) return;
    const isOfFlow = !isWorkload(run.key);
    for (const dimension of SHOWN) {
      if (!isOfFlow && OF_FLOWS.has(dimension)) continue;
      const group = { dimension, ...placeOf(dimension, run, holder.step) };
      const text = groupOf(group);
      const seen = `${text} ${runKeyText(holder)}`;
      const known = groups.get(text) ?? { ...group, cost: { estimated: 0n, billed: 0n }, runs: 0 };
      const cost = { ...known.cost, estimated: known.cost.estimated + amount };
      groups.set(text, { ...known, cost, runs: known.runs + (counted.has(seen) || !isOfFlow ? 0 : 1) });
      counted.add(seen);
    }
  };
  for (const { holder, amount } of closedPieces) if (holder && amount !== null) add(holder, 0n);
  for (const { holder, amount } of workloadPieces(open)) if (amount !== null) add(holder, amount);
  return [...groups.values()];
}

type Group = Pick<Rollup, 'dimension' | 'deployment' | 'flow' | 'value'>;

const groupOf = ({ dimension, deployment, flow, value }: Group): string =>
  JSON.stringify([dimension, deployment, flow, value]);

function placeOf(
  dimension: (typeof SHOWN)[number],
  { key: { deployment, flow }, variant, labels }: Run,
  step: string,
): Pick<Rollup, 'deployment' | 'flow' | 'value'> {
  switch (dimension) {
    case 'flow':
      return { deployment, flow, value: flow };
    case 'step':
      return { deployment, flow, value: step };
    case 'config_variant':
      return { deployment, flow, value: variant?.id ?? null };
    default:
      return { deployment, flow, value: labels[dimension] };
  }
}
