/** What makes each shipped alert fire, and what does not: the document that the promtool tests are written from. */
export type RuleCase = {
  readonly alert: string;
  /** The series whose value decides. */
  readonly series: string;
  /** Series that stand still beside it. */
  readonly beside: { readonly [series: string]: number };
  readonly calm: number;
  readonly burning: number;
  /** How long it must burn before the alert fires, in seconds. */
  readonly forSeconds: number;
  /** The alert's labels beside alertname. */
  readonly labels: { readonly [name: string]: string };
  /** What people read when it fires at `burning`. */
  readonly summary: string;
};

const RUN = '{deployment="prod",flow="TrainFlow",run_id="42",instance="I",job="flowledger"}';
const run = { deployment: 'prod', flow: 'TrainFlow', run_id: '42' };

export const CASES: readonly RuleCase[] = [
  {
    alert: 'FlowledgerRunSpendRateHigh',
    series: `metaflow_run_cost_dollars_per_hour${RUN}`,
    beside: {},
    calm: 100,
    burning: 120,
    forSeconds: 0,
    labels: { ...run, severity: 'warning' },
    summary: 'TrainFlow/42 costs 120.00 $/h',
  },
  {
    alert: 'FlowledgerRunSpendRateAboveExpected',
    series: `metaflow_run_cost_dollars_per_hour${RUN}`,
    beside: { [`metaflow_run_expected_cost_dollars_per_hour${RUN}`]: 8 },
    calm: 24,
    burning: 24.5,
    forSeconds: 0,
    labels: { ...run, severity: 'warning' },
    summary: 'TrainFlow/42 costs 24.50 $/h, over 3 times what is expected',
  },
  {
    alert: 'FlowledgerRunProjectedCostAboveExpected',
    series: `metaflow_run_projected_cost_dollars${RUN}`,
    beside: { [`metaflow_run_expected_cost_dollars${RUN}`]: 20 },
    calm: 30,
    burning: 31,
    forSeconds: 60,
    labels: { ...run, severity: 'warning' },
    summary: 'TrainFlow/42 is heading for 31.00 $',
  },
  {
    alert: 'FlowledgerRunTakesLong',
    series: `metaflow_run_elapsed_seconds${RUN}`,
    beside: {
      [`metaflow_run_expected_duration_seconds${RUN}`]: 3600,
      [`metaflow_run_cost_dollars_per_hour${RUN}`]: 2,
    },
    calm: 7200,
    burning: 7260,
    forSeconds: 60,
    labels: { ...run, severity: 'warning' },
    summary: 'TrainFlow/42 runs for 2h 1m 0s, over twice as long as usual',
  },
  {
    alert: 'FlowledgerRunProjectedOverBudget',
    series: `metaflow_run_projected_cost_dollars${RUN}`,
    beside: { [`metaflow_run_budget_dollars${RUN}`]: 50 },
    calm: 50,
    burning: 50.5,
    forSeconds: 60,
    labels: { ...run, severity: 'warning' },
    summary: 'TrainFlow/42 is heading for 50.50 $, over its budget',
  },
  {
    alert: 'FlowledgerRunOverBudget',
    series: `metaflow_run_cost_dollars${RUN.replace('}', ',basis="estimated"}')}`,
    beside: {
      [`metaflow_run_cost_dollars${RUN.replace('}', ',basis="billed"}')}`]: 30,
      [`metaflow_run_budget_dollars${RUN}`]: 50,
    },
    calm: 20,
    burning: 20.25,
    forSeconds: 0,
    labels: { ...run, severity: 'critical' },
    summary: 'TrainFlow/42 has cost 50.25 $, over its budget',
  },
  {
    alert: 'FlowledgerMonthOverBudget',
    series: 'flowledger_budget_spent_dollars{scope="team",name="vision",instance="I",job="flowledger"}',
    beside: { 'flowledger_budget_dollars{scope="team",name="vision",instance="I",job="flowledger"}': 1000 },
    calm: 1000,
    burning: 1000.01,
    forSeconds: 0,
    labels: { scope: 'team', name: 'vision', severity: 'critical' },
    summary: 'The team vision has spent 1000.01 $ this month, over its budget',
  },
  {
    alert: 'FlowledgerFeedStale',
    series: 'flowledger_feed_up{feed="gpus/node-1:9400",instance="I",job="flowledger"}',
    beside: {},
    calm: 1,
    burning: 0,
    forSeconds: 30,
    labels: { feed: 'gpus/node-1:9400', severity: 'warning' },
    summary: 'The feed gpus/node-1:9400 cannot be read',
  },
  {
    alert: 'FlowledgerExporterDown',
    series: 'up{job="flowledger",instance="I"}',
    beside: {},
    calm: 1,
    burning: 0,
    forSeconds: 30,
    labels: { job: 'flowledger', severity: 'critical' },
    summary: 'Flowledger is not scraped',
  },
];
