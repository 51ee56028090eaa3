import { metrics } from '../../contract/metrics';
import type { CostByBasis, Rollup } from '../../facts/published';
import { NO_FLOW } from '../../facts/workload';
import { approximateDollars } from './approximate-dollars';
import { bindFamily, type Shown } from './family';
import { sumByLabels } from './label-sums';

type RollupSum = CostByBasis & { readonly runs: number };
type Place = { readonly deployment: string; readonly flow: string; readonly value: string };
type Summed = { readonly place: Place; readonly sum: RollupSum };

/** Month-to-date cost and runs of every label value, dimension by dimension; of Metaflow runs alone. */
export const rollups = [
  bindFamily(metrics.flowCost, (shown: Shown) =>
    costs(byFlow(shown, 'flow'), ({ deployment, flow }) => ({ deployment, flow })),
  ),
  bindFamily(metrics.flowRuns, (shown: Shown) =>
    runs(byFlow(shown, 'flow'), ({ deployment, flow }) => ({ deployment, flow })),
  ),
  bindFamily(metrics.stepCost, (shown: Shown) => costs(byFlow(shown, 'step'), stepLabels)),
  bindFamily(metrics.stepRuns, (shown: Shown) => runs(byFlow(shown, 'step'), stepLabels)),
  bindFamily(metrics.teamCost, (shown: Shown) => costs(byValue(shown, 'team'), teamLabels)),
  bindFamily(metrics.teamRuns, (shown: Shown) => runs(byValue(shown, 'team'), teamLabels)),
  bindFamily(metrics.experimentCost, (shown: Shown) => costs(byValue(shown, 'experiment'), experimentLabels)),
  bindFamily(metrics.experimentRuns, (shown: Shown) => runs(byValue(shown, 'experiment'), experimentLabels)),
  bindFamily(metrics.configVariantCost, (shown: Shown) => costs(byFlow(shown, 'config_variant'), variantLabels)),
  bindFamily(metrics.configVariantRuns, (shown: Shown) => runs(byFlow(shown, 'config_variant'), variantLabels)),
  bindFamily(metrics.modelVersionCost, (shown: Shown) => costs(byValue(shown, 'model_version'), modelLabels)),
  bindFamily(metrics.modelVersionRuns, (shown: Shown) => runs(byValue(shown, 'model_version'), modelLabels)),
];

const stepLabels = ({ deployment, flow, value }: Place) => ({ deployment, flow, step: value });
const teamLabels = ({ deployment, value }: Place) => ({ deployment, team: value });
const experimentLabels = ({ deployment, value }: Place) => ({ deployment, experiment: value });
const variantLabels = ({ deployment, flow, value }: Place) => ({ deployment, flow, config_variant: value });
const modelLabels = ({ deployment, value }: Place) => ({ deployment, model_version: value });

function byFlow({ state }: Shown, dimension: Rollup['dimension']): Summed[] {
  return summed(state.rollups, dimension, ({ deployment, flow, value }) => ({
    deployment,
    flow: flow ?? '',
    value: dimension === 'flow' ? '' : (value ?? ''),
  }));
}

function byValue({ state }: Shown, dimension: Rollup['dimension']): Summed[] {
  return summed(state.rollups, dimension, ({ deployment, value }) => ({ deployment, flow: '', value: value ?? '' }));
}

function summed(all: readonly Rollup[], dimension: Rollup['dimension'], placeOf: (rollup: Rollup) => Place): Summed[] {
  const ours = all.filter((rollup) => rollup.dimension === dimension && rollup.flow !== NO_FLOW);
  const groups = sumByLabels(ours, {
    labels: placeOf,
    add: (sum: RollupSum | null, { cost, runs: count }) => ({
      estimated: (sum?.estimated ?? 0n) + cost.estimated,
      billed: (sum?.billed ?? 0n) + cost.billed,
      runs: (sum?.runs ?? 0) + count,
    }),
  });
  return groups.map(({ labels, sum }) => ({ place: labels, sum }));
}

function costs<Labels extends object>(groups: readonly Summed[], labelsOf: (place: Place) => Labels) {
  return groups.flatMap(({ place, sum }) => [
    { labels: { ...labelsOf(place), basis: 'estimated' }, value: approximateDollars(sum.estimated) },
    { labels: { ...labelsOf(place), basis: 'billed' }, value: approximateDollars(sum.billed) },
  ]);
}

function runs<Labels extends object>(groups: readonly Summed[], labelsOf: (place: Place) => Labels) {
  return groups.map(({ place, sum }) => ({ labels: labelsOf(place), value: sum.runs }));
}
