import type { RunMetrics, WorkloadMetrics } from '../../exporter/src/facts/published';

/** A run as `/metrics` shows it; finished, free and unlabeled unless said otherwise. */
export function runMetrics(flow: string, run: string, facts: Partial<RunMetrics> = {}): RunMetrics {
  return {
    key: { deployment: 'prod', flow, run },
    outcome: 'succeeded',
    live: false,
    endedAt: null,
    cost: null,
    perHour: null,
    expectedPerHour: null,
    expectationBasis: null,
    projected: null,
    expectedTotal: null,
    budget: null,
    elapsedSeconds: null,
    expectedSeconds: null,
    heldGpuSeconds: 0,
    usedGpuSeconds: 0,
    workloadIdleGpuSeconds: 0,
    utilization: null,
    energyJoules: null,
    unpricedSeconds: 0,
    k8sNamespace: null,
    labels: { team: null, project: null, cost_center: null, experiment: null, model_version: null },
    user: null,
    runtime: null,
    variant: null,
    ...facts,
  };
}

/** A workload as `/metrics` shows it; gone, free and unlabeled unless said otherwise. */
export function workloadMetrics(
  namespace: string,
  workload: string,
  facts: Partial<WorkloadMetrics> = {},
): WorkloadMetrics {
  return {
    cluster: 'blue',
    namespace,
    workload,
    team: null,
    modelVersion: null,
    live: false,
    cost: null,
    perHour: null,
    heldGpuSeconds: 0,
    usedGpuSeconds: 0,
    workloadIdleGpuSeconds: 0,
    utilization: null,
    ...facts,
  };
}
