import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { hashToken } from '../../exporter/src/views/auth/tokens';
import * as broken from './broken-payloads';
import { freePort, makeFolder, removeFolder, runningExporter } from './exporter-process';
import { startFront } from './live-front';
import { diagnose, type Diagnosed, type Document, type LiveStage } from './live-stage';

/** An exporter beside that of a stage, which does almost everything wrong. */
export type IllSetExporter = {
  /** Asks it with one of its tokens: `right`, another one, or none. */
  doctor(token: string | null): Promise<Diagnosed>;
  /** Scrapes it once at least so long has passed since the last time. */
  scrapeAfter(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Starts it over the cluster of a stage: without GPU telemetry, its kube-state-metrics dead, its Metaflow service
 * repeating one answer for good, with room for one run, behind a token. A `serve` that anybody waits for does not end.
 */
export async function startIllSetExporter(stage: LiveStage): Promise<IllSetExporter> {
  const folder = makeFolder('ill-set');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const ui = await startFront(stage.cluster.url);
  ui.rewrite(broken.frozen());
  writeFileSync(join(folder, 'right'), 'right');
  writeFileSync(join(folder, 'wrong'), 'wrong');
  writeFileSync(
    join(folder, 'tokens.yaml'),
    stringify([{ name: 'test', sha256: hashToken('right'), scopes: ['read'] }]),
  );
  const document = parse(stage.cluster.config('1s')) as Document;
  const [metaflow] = document['feeds'].metaflow;
  const [kubernetes] = document['feeds'].kubernetes;
  const config = stringify({
    ...document,
    server: { listen: `127.0.0.1:${port}`, tokens_file: 'tokens.yaml' },
    cycles: { live: '1s' },
    metrics: { max_runs: 1 },
    feeds: {
      metaflow: [{ ...metaflow, url: `${ui.url}/ui`, silence: '20s' }],
      kubernetes: [{ ...kubernetes, targets: [`127.0.0.1:${await freePort()}`] }],
    },
  });
  const exporter = await runningExporter({ folder, config, port });
  let scrapedAt = 0;
  return {
    doctor: (token) =>
      diagnose(folder, ['--server', url, ...(token === null ? [] : ['--token-file', join(folder, token)])]),
    async scrapeAfter(milliseconds) {
      await sleep(Math.max(0, scrapedAt + milliseconds - performance.now()));
      const response = await fetch(`${url}/metrics`, { headers: { authorization: 'Bearer right' } });
      if (!response.ok) throw new Error(`/metrics answers with ${response.status}.`);
      await response.text();
      scrapedAt = performance.now();
    },
    async stop() {
      await exporter.stop();
      await ui.kill();
      removeFolder(folder);
    },
  };
}
