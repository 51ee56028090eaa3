import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { stopProcess } from './exporter-process';

/** A real Prometheus that scrapes one exporter. */
export type PrometheusProcess = {
  readonly url: string;
  query(expression: string): Promise<Sample[]>;
  stop(): Promise<void>;
};

export type Sample = { readonly labels: { readonly [name: string]: string }; readonly value: number };

export type PrometheusOptions = {
  readonly folder: string;
  readonly port: number;
  /** host:port of the exporter. */
  readonly target: string;
  /** Of scrapes and of rules; 1s where it is not told. */
  readonly interval?: string;
  /** Absolute paths of rule files. */
  readonly ruleFiles?: readonly string[];
  /** host:port that alerts are sent to. */
  readonly alertmanager?: string;
};

/** Starts Prometheus and waits until it has scraped `target`. */
export async function runningPrometheus(options: PrometheusOptions): Promise<PrometheusProcess> {
  const { folder, port } = options;
  const config = join(folder, 'prometheus.yml');
  writeFileSync(config, stringify(configFor(options)));
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const url = `http://127.0.0.1:${port}`;
  const query = (expression: string): Promise<Sample[]> => ask(url, expression);
  await untilScraped(child, query);
  return { url, query, stop: () => stopProcess(child) };
}

function configFor({ target, interval = '1s', ruleFiles = [], alertmanager }: PrometheusOptions): object {
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ruleFiles,
    ...(alertmanager === undefined
      ? {}
      : { alerting: { alertmanagers: [{ static_configs: [{ targets: [alertmanager] }] }] } }),
    scrape_configs: [{ job_name: 'flowledger', static_configs: [{ targets: [target] }] }],
  };
}

type Answer = { data: { result: { metric: Record<string, string>; value: [number, string] }[] } };

async function ask(url: string, expression: string): Promise<Sample[]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
  const { data } = (await response.json()) as Answer;
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

async function untilScraped(child: ChildProcess, query: PrometheusProcess['query']): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}.`);
    const up = await query('up{job="flowledger"} == 1 and on() flowledger_build_info').catch(() => []);
    if (up.length > 0) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error('Prometheus did not scrape the exporter in time.');
}
