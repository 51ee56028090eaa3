import { metrics } from '../../exporter/src/contract/metrics';
import { bindFamily, type Shown } from '../../exporter/src/views/metrics/family';

const workload = { deployment: 'blue', workload: 'bert', team: '', model_version: '' };
const run = { deployment: 'prod', flow: 'TrainFlow', run_id: '1' };

/** A family of the catalogue with all its labels compiles. */
bindFamily(metrics.runCost, (_shown: Shown) => [{ labels: { ...run, basis: 'billed' }, value: 1 }]);

// @ts-expect-error the label basis is missing
bindFamily(metrics.runCost, (_shown: Shown) => [{ labels: run, value: 1 }]);

// @ts-expect-error the labels of a workload without its namespace
bindFamily(metrics.workloadCostPerHour, (_shown: Shown) => [{ labels: workload, value: 1 }]);

// @ts-expect-error a label whose value is not known to be text
bindFamily(metrics.teamRuns, (_shown: Shown) => [{ labels: { deployment: 'prod', team: null }, value: 1 }]);

const own = { name: 'flowledger_secret_dollars', type: 'gauge', unit: 'dollars', help: '', labels: [] } as const;
// @ts-expect-error a metric that the catalogue does not hold
bindFamily(own, (_shown: Shown) => [{ labels: {}, value: 1 }]);
