import { type Metric, metrics } from './metrics';

const INTRODUCTION = `# Metrics

Printed from the catalogue in \`exporter/src/contract/metrics.ts\` by \`npm run generate\`; do not edit.

Money is a gauge, because a restatement can lower it. Unknown is absent, never 0. Labels are identities; what may
change about a run is on \`metaflow_run_info\` alone. A ledger in another currency than USD exports no metric in
dollars. A finished run is shown until \`metrics.finished_ttl\` after it ended; above \`metrics.max_runs\` the cheapest
finished runs fold into \`run_id="_overflow"\` of their deployment and flow, so that sums stay true. Workloads that
are no Metaflow runs fold in the same way into \`workload="_overflow"\` of their deployment and team, and are in no
\`metaflow_*\` family. What is said of held GPUs (used, workload idle, utilization, energy) comes from telemetry and
never changes cost; where telemetry is silent it is unobserved, or absent.

Beside these stand \`process_*\` and \`nodejs_*\`, which prom-client collects of the exporter's own process.
`;

/** METRICS.md: every family of the catalogue with its type, unit, labels and meaning. */
export function metricsPage(): string {
  const rows = Object.values<Metric>(metrics).map(rowOf);
  return `${INTRODUCTION}\n| name | type | unit | labels | meaning |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

function rowOf({ name, type, unit, labels, help }: Metric): string {
  const labelText = labels.map((label) => `\`${label}\``).join(', ') || '–';
  return `| \`${name}\` | ${type} | ${unit} | ${labelText} | ${help.replaceAll('|', '\\|')} |`;
}
