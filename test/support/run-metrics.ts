import type { RunMetrics } from '../../exporter/src/facts/published';

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
    heldGpuSeconds: 0,
    unpricedSeconds: 0,
    labels: { team: null, project: null, cost_center: null, experiment: null, model_version: null },
    user: null,
    runtime: null,
    variant: null,
    ...facts,
  };
}
