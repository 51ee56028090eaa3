import type { CostByBasis, WorkloadMetrics } from '../../facts/published';
import { addCosts, addKnown, lifetimeOf, sumByLabels } from './label-sums';
import { Slots } from './slots';

/** The workload under which folded workloads of one deployment and team are summed. */
const OVERFLOW_WORKLOAD = '_overflow';

/** The additive numbers of a workload, or of the folded workloads of one deployment and team, with their labels. */
export type WorkloadTotals = {
  readonly labels: {
    readonly deployment: string;
    readonly workload: string;
    readonly k8s_namespace: string;
    readonly team: string;
    readonly model_version: string;
  };
  readonly cost: CostByBasis | null;
  readonly perHour: bigint | null;
  readonly heldGpuSeconds: number;
  readonly usedGpuSeconds: number;
  readonly workloadIdleGpuSeconds: number;
  /** Null where nothing observes it, and of the sum of folded ones. */
  readonly utilization: number | null;
};

/** Every workload's numbers once, and how many of them are inside a sum. */
export type SlottedWorkloads = { readonly totals: readonly WorkloadTotals[]; readonly folded: number };

/** Gives at most `max` workloads series of their own. A workload that is itself named `_overflow` always folds. */
export class WorkloadSlots {
  readonly #slots: Slots<WorkloadMetrics>;

  constructor(max: number) {
    this.#slots = new Slots<WorkloadMetrics>(max, {
      textOf: ({ cluster, namespace, workload }) => JSON.stringify([cluster, namespace, workload]),
      isLive: ({ live }) => live,
      lifetimeOf,
      isReserved: ({ workload }) => workload === OVERFLOW_WORKLOAD,
    });
  }

  assign(workloads: readonly WorkloadMetrics[]): SlottedWorkloads {
    const { shown, folded } = this.#slots.assign(workloads);
    return { totals: [...shown.map(totalsOf), ...overflowOf(folded)], folded: folded.length };
  }
}

function totalsOf(one: WorkloadMetrics): WorkloadTotals {
  const { cluster, namespace, workload, team, modelVersion, live, utilization, ...numbers } = one;
  return {
    ...numbers,
    labels: {
      deployment: cluster,
      workload,
      k8s_namespace: namespace,
      team: team ?? '',
      model_version: modelVersion ?? '',
    },
    utilization: live ? utilization : null,
  };
}

function overflowOf(folded: readonly WorkloadMetrics[]): WorkloadTotals[] {
  const groups = sumByLabels(folded, {
    labels: ({ cluster, team }) => ({ deployment: cluster, team: team ?? '' }),
    add: (sum: Omit<WorkloadTotals, 'labels'> | null, one) => ({
      cost: addCosts(sum?.cost ?? null, one.cost),
      perHour: addKnown(sum?.perHour ?? null, one.perHour),
      heldGpuSeconds: (sum?.heldGpuSeconds ?? 0) + one.heldGpuSeconds,
      usedGpuSeconds: (sum?.usedGpuSeconds ?? 0) + one.usedGpuSeconds,
      workloadIdleGpuSeconds: (sum?.workloadIdleGpuSeconds ?? 0) + one.workloadIdleGpuSeconds,
      utilization: null,
    }),
  });
  return groups.map(({ labels: { deployment, team }, sum }) => ({
    ...sum,
    labels: { deployment, workload: OVERFLOW_WORKLOAD, k8s_namespace: '', team, model_version: '' },
  }));
}
