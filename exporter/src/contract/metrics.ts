/** What a metric's number counts; `dollars…` units exist only in a ledger in USD. */
export type MetricUnit =
  | 'dollars'
  | 'dollars per hour'
  | 'dollars per GPU-hour'
  | 'GPU-seconds'
  | 'GPUs'
  | 'joules'
  | 'ratio'
  | 'samples'
  | 'seconds'
  | 'Unix seconds'
  | 'rows'
  | 'runs'
  | 'violations'
  | 'workloads'
  | 'boolean'
  | 'info';

/** One family of the catalogue. */
export type Metric<Label extends string = string> = {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly unit: MetricUnit;
  readonly help: string;
  readonly labels: readonly Label[];
};

/** The labels a sample of `M` must carry, all of them. */
export type LabelsOf<M extends Metric> = { readonly [Label in M['labels'][number]]: string };

const run = ['deployment', 'flow', 'run_id'] as const;
const workload = ['deployment', 'workload', 'k8s_namespace', 'team', 'model_version'] as const;
const rate = ['provider', 'region', 'host', 'instance_type', 'gpu_model', 'capacity_type'] as const;
const monthToDate = 'UTC calendar month to date';
const rollup = <const Label extends string>(what: string, name: string, labels: readonly Label[]) =>
  ({
    cost: {
      name: `metaflow_${name}_cost_dollars`,
      type: 'gauge',
      unit: 'dollars',
      help: `Cost by ${what}, ${monthToDate}; the values of basis add up.`,
      labels: [...labels, 'basis'] as readonly (Label | 'basis')[],
    },
    runs: {
      name: `metaflow_${name}_runs`,
      type: 'gauge',
      unit: 'runs',
      help: `Runs that cost something by ${what}, ${monthToDate}.`,
      labels,
    },
  }) as const;

const flow = rollup('flow', 'flow', ['deployment', 'flow']);
const step = rollup('step', 'step', ['deployment', 'flow', 'step']);
const team = rollup('team (empty: no team)', 'team', ['deployment', 'team']);
const experiment = rollup('experiment (empty: none)', 'experiment', ['deployment', 'experiment']);
const variant = rollup('config variant (empty: none)', 'config_variant', ['deployment', 'flow', 'config_variant']);
const model = rollup('model version (empty: none)', 'model_version', ['deployment', 'model_version']);

/** The metric catalogue: the one source for collectors, dashboards, alert rules and METRICS.md. */
export const metrics = {
  runCost: {
    name: 'metaflow_run_cost_dollars',
    type: 'gauge',
    unit: 'dollars',
    help: 'Cost of a run over its lifetime; sum without(basis) is its cost now. A wholly unpriced run has no series.',
    labels: [...run, 'basis'],
  },
  gpuHourRate: {
    name: 'gpu_hour_rate',
    type: 'gauge',
    unit: 'dollars per GPU-hour',
    help: 'Price in force of one GPU-hour of a host, in dollars. An unpriced host has no series.',
    labels: rate,
  },
  gpuHourRateInfo: {
    name: 'gpu_hour_rate_info',
    type: 'gauge',
    unit: 'info',
    help: 'Where gpu_hour_rate comes from: the rung of the price ladder and the rate card; always 1.',
    labels: [...rate, 'rung', 'rate_card'],
  },
  runCostPerHour: {
    name: 'metaflow_run_cost_dollars_per_hour',
    type: 'gauge',
    unit: 'dollars per hour',
    help: 'What a live run costs an hour now: its held shares at their current prices.',
    labels: run,
  },
  runExpectedCostPerHour: {
    name: 'metaflow_run_expected_cost_dollars_per_hour',
    type: 'gauge',
    unit: 'dollars per hour',
    help: 'What a live run is expected to cost an hour, from the history of its flow at current prices.',
    labels: run,
  },
  runProjectedCost: {
    name: 'metaflow_run_projected_cost_dollars',
    type: 'gauge',
    unit: 'dollars',
    help: 'What a live run will have cost when it ends, as far as the history of its flow tells.',
    labels: run,
  },
  runExpectedCost: {
    name: 'metaflow_run_expected_cost_dollars',
    type: 'gauge',
    unit: 'dollars',
    help: 'What such a run costs by the history of its flow, at current prices; of live runs alone.',
    labels: run,
  },
  runBudget: {
    name: 'metaflow_run_budget_dollars',
    type: 'gauge',
    unit: 'dollars',
    help: 'The smallest budget a run that applies to a live run.',
    labels: run,
  },
  runElapsed: {
    name: 'metaflow_run_elapsed_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'How long a live run has been going.',
    labels: run,
  },
  runExpectedDuration: {
    name: 'metaflow_run_expected_duration_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'How long such a run takes by the history of its flow; of live runs alone.',
    labels: run,
  },
  runGpuSeconds: {
    name: 'metaflow_run_gpu_seconds',
    type: 'gauge',
    unit: 'GPU-seconds',
    help: 'GPU time a run has held by what was observed of it; the values of state add up to it.',
    labels: [...run, 'state'],
  },
  runGpuUtilization: {
    name: 'metaflow_run_gpu_utilization_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Mean activity of the GPUs that a live run holds now; absent while nothing observes them.',
    labels: run,
  },
  runEnergy: {
    name: 'metaflow_run_energy_joules',
    type: 'gauge',
    unit: 'joules',
    help: 'Energy that the boards a run held used for it; absent where nothing tells.',
    labels: run,
  },
  runUnpricedSeconds: {
    name: 'metaflow_run_unpriced_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'Attempt time of a run that has no price and is missing from its cost.',
    labels: run,
  },
  runInfo: {
    name: 'metaflow_run_info',
    type: 'gauge',
    unit: 'info',
    help: 'Who a run belongs to and how it ended; always 1. The only run series with labels that may change.',
    labels: [
      ...run,
      'user',
      'team',
      'project',
      'cost_center',
      'experiment',
      'model_version',
      'config_variant',
      'k8s_namespace',
      'runtime',
      'outcome',
    ],
  },
  flowCost: flow.cost,
  flowRuns: flow.runs,
  stepCost: step.cost,
  stepRuns: step.runs,
  teamCost: team.cost,
  teamRuns: team.runs,
  experimentCost: experiment.cost,
  experimentRuns: experiment.runs,
  configVariantCost: variant.cost,
  configVariantRuns: variant.runs,
  modelVersionCost: model.cost,
  modelVersionRuns: model.runs,
  workloadCost: {
    name: 'flowledger_workload_cost_dollars',
    type: 'gauge',
    unit: 'dollars',
    help: 'Cost of a workload that is no Metaflow run since the ledger knows it; the values of basis add up.',
    labels: [...workload, 'basis'],
  },
  workloadCostPerHour: {
    name: 'flowledger_workload_cost_dollars_per_hour',
    type: 'gauge',
    unit: 'dollars per hour',
    help: 'What a live workload costs an hour now: its held shares at their current prices.',
    labels: workload,
  },
  workloadGpuSeconds: {
    name: 'flowledger_workload_gpu_seconds',
    type: 'gauge',
    unit: 'GPU-seconds',
    help: 'GPU time a workload has held by what was observed of it; the values of state add up to it.',
    labels: [...workload, 'state'],
  },
  workloadGpuUtilization: {
    name: 'flowledger_workload_gpu_utilization_ratio',
    type: 'gauge',
    unit: 'ratio',
    help: 'Mean activity of the GPUs that a live workload holds now; absent while nothing observes them.',
    labels: workload,
  },
  budget: {
    name: 'flowledger_budget_dollars',
    type: 'gauge',
    unit: 'dollars',
    help: 'The budget of a UTC calendar month of a flow, a team, an experiment, or all.',
    labels: ['scope', 'name'],
  },
  budgetSpent: {
    name: 'flowledger_budget_spent_dollars',
    type: 'gauge',
    unit: 'dollars',
    help: `What is spent of a budget, ${monthToDate}.`,
    labels: ['scope', 'name'],
  },
  attributionCoverage: {
    name: 'flowledger_attribution_coverage_ratio',
    type: 'gauge',
    unit: 'ratio',
    help:
      'The part of the dollars an hour held now that is known by key: run, team, project, surely (exact, strong or ' +
      'declared), telemetry; absent where nothing priced is held.',
    labels: ['key'],
  },
  telemetryGpus: {
    name: 'flowledger_telemetry_gpus',
    type: 'gauge',
    unit: 'GPUs',
    help: 'GPUs of a host: how many it has (expected), and how many GPU telemetry sees now (seen).',
    labels: ['host', 'state'],
  },
  spendPerHour: {
    name: 'flowledger_spend_dollars_per_hour',
    type: 'gauge',
    unit: 'dollars per hour',
    help: 'What the estate costs an hour now; the sum is the price of every priced host.',
    labels: ['kind', 'team', 'pool', 'gpu_model'],
  },
  gpuSecondsTotal: {
    name: 'flowledger_gpu_seconds_total',
    type: 'counter',
    unit: 'GPU-seconds',
    help: 'GPU time of closed charge periods by what it was.',
    labels: ['state', 'cause', 'team', 'pool', 'gpu_model'],
  },
  runsFolded: {
    name: 'flowledger_runs_folded',
    type: 'gauge',
    unit: 'runs',
    help: 'Runs shown inside run_id="_overflow" because metrics.max_runs is reached.',
    labels: [],
  },
  workloadsFolded: {
    name: 'flowledger_workloads_folded',
    type: 'gauge',
    unit: 'workloads',
    help: 'Workloads shown inside workload="_overflow" because metrics.max_runs is reached.',
    labels: [],
  },
  feedUp: {
    name: 'flowledger_feed_up',
    type: 'gauge',
    unit: 'boolean',
    help: 'Whether the last poll of a feed succeeded.',
    labels: ['feed'],
  },
  feedLastSuccess: {
    name: 'flowledger_feed_last_success_timestamp_seconds',
    type: 'gauge',
    unit: 'Unix seconds',
    help: 'When a feed was last read with success; absent when never.',
    labels: ['feed'],
  },
  feedLag: {
    name: 'flowledger_feed_lag_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'Age of the newest fact of a feed at its last poll.',
    labels: ['feed'],
  },
  feedDuration: {
    name: 'flowledger_feed_duration_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'How long the last poll of a feed took.',
    labels: ['feed'],
  },
  feedRows: {
    name: 'flowledger_feed_rows_total',
    type: 'counter',
    unit: 'rows',
    help: 'Facts a feed has read since the start, by whether they were accepted.',
    labels: ['feed', 'outcome'],
  },
  feedSamplesDropped: {
    name: 'flowledger_feed_samples_dropped_total',
    type: 'counter',
    unit: 'samples',
    help: 'Samples of a feed that were left out since the start, by reason.',
    labels: ['feed', 'reason'],
  },
  feedState: {
    name: 'flowledger_feed_state',
    type: 'gauge',
    unit: 'boolean',
    help: 'What the last poll of a feed found: facts (ok), a source without any (empty), or nothing it could read.',
    labels: ['feed', 'state'],
  },
  completeUntil: {
    name: 'flowledger_complete_until_timestamp_seconds',
    type: 'gauge',
    unit: 'Unix seconds',
    help: 'Every amount is complete up to here.',
    labels: [],
  },
  computedAt: {
    name: 'flowledger_computed_timestamp_seconds',
    type: 'gauge',
    unit: 'Unix seconds',
    help: 'When the last cycle computed what is shown.',
    labels: [],
  },
  invariantViolations: {
    name: 'flowledger_invariant_violations_total',
    type: 'counter',
    unit: 'violations',
    help: 'Times the ledger caught itself breaking one of its own laws since the start; anything but 0 is a bug.',
    labels: [],
  },
  scrapeInterval: {
    name: 'flowledger_scrape_interval_seconds',
    type: 'gauge',
    unit: 'seconds',
    help: 'How often this exporter is scraped: the median gap of the last scrapes by scraper.',
    labels: ['scraper'],
  },
  buildInfo: {
    name: 'flowledger_build_info',
    type: 'gauge',
    unit: 'info',
    help: 'The build that answers, and whether it shows the bundled example data; always 1.',
    labels: ['version', 'revision', 'example'],
  },
} as const satisfies Record<string, Metric>;

/** Any family of the catalogue, and nothing else. */
export type CataloguedMetric = (typeof metrics)[keyof typeof metrics];
