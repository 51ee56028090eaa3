import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';

const RULES = resolve(__dirname, '../../provisioning/prometheus/rules/flowledger.yml');

/** A series and its values, one every five seconds, in promtool's short form (`1x3 _x2 5x10`). */
export type Series = { readonly series: string; readonly values: string };

/** Which alerts fire at a second. */
export type Expectation = { readonly at: number; readonly firing: readonly { readonly [label: string]: string }[] };

/** One story: what the exporter showed, and when the alert fires. */
export type Story = {
  readonly alert: string;
  readonly series: readonly Series[];
  readonly expect: readonly Expectation[];
};

/** Runs a story through promtool; returns what it complains about, '' when all is as told. */
export function complaintsOf({ alert, series, expect }: Story): string {
  return runPromtool({
    interval: '5s',
    input_series: series,
    promql_expr_test: expect.map(({ at, firing }) => ({
      expr: `ALERTS{alertname="${alert}",alertstate="firing"}`,
      eval_time: `${at}s`,
      exp_samples: firing.map((labels) => ({
        labels: `ALERTS{${labelText({ ...labels, alertname: alert, alertstate: 'firing' })}}`,
        value: 1,
      })),
    })),
  });
}

/** The same for what people read; returns promtool's whole answer. */
export function renderedBy(alert: string, series: readonly Series[], at: number): string {
  const wanted = [{ exp_labels: {}, exp_annotations: {} }];
  return runPromtool({
    interval: '5s',
    input_series: series,
    alert_rule_test: [{ alertname: alert, eval_time: `${at}s`, exp_alerts: wanted }],
  });
}

function runPromtool(test: object): string {
  const folder = mkdtempSync(join(tmpdir(), 'flowledger-rules-'));
  try {
    const file = join(folder, 'test.yml');
    writeFileSync(file, stringify({ rule_files: [RULES], evaluation_interval: '5s', tests: [test] }));
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], { encoding: 'utf8' });
    return status === 0 ? '' : `${stdout}${stderr}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function labelText(labels: { readonly [name: string]: string }): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ');
}
