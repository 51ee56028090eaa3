import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import { type AlertmanagerProcess, runningAlertmanager } from './alertmanager-process';
import { freePort, stopProcess } from './exporter-process';

const REPOSITORY = resolve(__dirname, '../..');
const shipped = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');

/** A real Prometheus and a real Alertmanager on the shipped configuration, rules and routing. */
export type AlertingStage = {
  readonly alertmanager: AlertmanagerProcess;
  query(expression: string): Promise<{ labels: { [name: string]: string }; value: number }[]>;
  stop(): Promise<void>;
};

type PrometheusConfig = {
  rule_files: string[];
  alerting?: object;
  scrape_configs: { static_configs: { targets: string[] }[] }[];
};
type Answer = { data: { result: { metric: Record<string, string>; value: [number, string] }[] } };

/** Starts both; only addresses are put in the place of the shipped ones. */
export async function startAlerting({ folder, target }: { folder: string; target: string }): Promise<AlertingStage> {
  const alertmanager = await runningAlertmanager({
    folder,
    port: await freePort(),
    shipped: shipped('provisioning/alertmanager/alertmanager.yml'),
  });
  const config = parse(shipped('provisioning/prometheus/prometheus.yml')) as PrometheusConfig;
  config.rule_files = config.rule_files.map((path) => join(REPOSITORY, 'provisioning/prometheus', path));
  config.alerting = { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanager.port}`] }] }] };
  for (const job of config.scrape_configs) job.static_configs = [{ targets: [target] }];
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, stringify(config));
  const port = await freePort();
  const prometheus = startPrometheus({ file, folder, port });
  const query: AlertingStage['query'] = async (expression) => {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const { data } = (await response.json()) as Answer;
    return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };
  await untilScraped(prometheus, query);
  return {
    alertmanager,
    query,
    async stop() {
      await stopProcess(prometheus);
      await alertmanager.stop();
    },
  };
}

function startPrometheus({ file, folder, port }: { file: string; folder: string; port: number }): ChildProcess {
  const args = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, 'tsdb')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ];
  return spawn('prometheus', args, { stdio: 'ignore' });
}

async function untilScraped(child: ChildProcess, query: AlertingStage['query']): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}.`);
    const up = await query('up{job="flowledger"} == 1').catch(() => []);
    if (up.length > 0) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error('Prometheus did not scrape the exporter in time.');
}
