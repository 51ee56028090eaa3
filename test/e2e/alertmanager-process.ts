import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { stopProcess } from './exporter-process';

/** One alert as a webhook heard of it; `heardAt` is our own clock, ms. */
export type HeardAlert = {
  readonly status: 'firing' | 'resolved';
  readonly labels: { readonly [name: string]: string };
  readonly annotations: { readonly [name: string]: string };
  readonly heardAt: number;
};

/** A real Alertmanager with the shipped routing, and the webhook that it notifies. */
export type AlertmanagerProcess = {
  readonly port: number;
  readonly heard: readonly HeardAlert[];
  stop(): Promise<void>;
};

type Webhook = { alerts: Omit<HeardAlert, 'heardAt'>[] };

/** Starts Alertmanager on the shipped configuration; only the address of the webhook is put in its place. */
export async function runningAlertmanager(options: {
  readonly folder: string;
  readonly port: number;
  readonly shipped: string;
}): Promise<AlertmanagerProcess> {
  const { folder, port, shipped } = options;
  const heard: HeardAlert[] = [];
  const webhook = await listening((body) => {
    const heardAt = performance.timeOrigin + performance.now();
    heard.push(...body.alerts.map(({ status, labels, annotations }) => ({ status, labels, annotations, heardAt })));
  });
  const file = join(folder, 'alertmanager.yml');
  const url = `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/alerts`;
  const config = parse(shipped) as { receivers: { name: string; webhook_configs?: { url: string }[] }[] };
  for (const { webhook_configs: hooks = [] } of config.receivers) for (const hook of hooks) hook.url = url;
  writeFileSync(file, stringify(config));
  const args = [
    `--config.file=${file}`,
    `--storage.path=${join(folder, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
    '--log.level=warn',
  ];
  const child = spawn('prometheus-alertmanager', args, { stdio: 'ignore' });
  await untilReady(`http://127.0.0.1:${port}/-/ready`);
  return {
    port,
    heard,
    async stop() {
      await stopProcess(child);
      await new Promise((done) => webhook.close(done));
    },
  };
}

function listening(onBody: (body: Webhook) => void): Promise<Server> {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      onBody(JSON.parse(text) as Webhook);
      response.end();
    });
  });
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}

async function untilReady(url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('Alertmanager did not start in time.');
}
