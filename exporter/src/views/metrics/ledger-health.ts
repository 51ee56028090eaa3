import { metrics } from '../../contract/metrics';
import { bindFamily, type Shown } from './family';

/** How fresh the ledger is, and whether it has caught itself breaking a law. */
export const ledgerHealth = [
  bindFamily(metrics.runsFolded, ({ runs }: Shown) => [{ labels: {}, value: runs.folded }]),
  bindFamily(metrics.workloadsFolded, ({ workloads }: Shown) => [{ labels: {}, value: workloads.folded }]),
  bindFamily(metrics.completeUntil, ({ state }: Shown) =>
    state.completeUntil === null ? [] : [{ labels: {}, value: state.completeUntil / 1000 }],
  ),
  bindFamily(metrics.computedAt, ({ state }: Shown) => [{ labels: {}, value: state.computedAt / 1000 }]),
  bindFamily(metrics.invariantViolations, ({ state }: Shown) => [{ labels: {}, value: state.invariantViolations }]),
];
