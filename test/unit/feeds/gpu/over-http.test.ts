import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { GpuSample } from '../../../../exporter/src/facts/gpu-sample';
import { createGpuFeed } from '../../../../exporter/src/feeds/gpu/read-gpu-feed';
import { readScrape } from './gpu-scrape';

/** Other people's payloads, read in place; see the shared folder's own list of sources. */
const FOLDER = join(__dirname, '../../../../../shared/data/telemetry');
const FILES = existsSync(FOLDER)
  ? readdirSync(FOLDER).filter((file) => /^(dcgm_exporter|nvidia_gpu_exporter).*\.(prom|metrics)$/.test(file))
  : [];
if (FILES.length === 0) process.stdout.write('Skipped: ../shared/data/telemetry is not here.\n');

const SETTINGS = {
  intervalMs: 1000,
  timeoutMs: 900,
  bodyLimitBytes: 10_000_000,
  sampleLimit: 100_000,
  tls: null,
  basicAuth: null,
  bearerTokenFile: null,
};

/** What the feed hands over of a target that answers with this body. */
async function takenOverHttp(body: string): Promise<readonly GpuSample[]> {
  const server = createServer((_, response) => response.end(body));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const source = { kind: 'static', targets: [{ url, host: 'node-1' }] } as const;
  const clock = { now: () => Math.floor(performance.timeOrigin + performance.now()), speed: 1 };
  const feed = createGpuFeed({ name: 'gpus', settings: { ...SETTINGS, source }, clock });
  feed.start();
  try {
    for (let wait = 0; wait < 200 && !feed.health()[0]?.outcome; wait += 1)
      await new Promise((done) => setTimeout(done, 25));
    return feed.take().samples;
  } finally {
    await feed.stop();
    await new Promise((done) => server.close(done));
  }
}

const timeless = (samples: readonly GpuSample[]): unknown[] =>
  samples.map(({ at: _at, holdsMs: _holds, ...rest }) => rest);

(FILES.length > 0 ? describe : describe.skip)('A real answer over real HTTP', () => {
  it.each(FILES)('brings the samples that its parser, asserted family by family, finds in it: %s', async (file) => {
    const body = readFileSync(join(FOLDER, file), 'utf8');
    expect(timeless(await takenOverHttp(body))).toEqual(timeless(readScrape(body, { host: 'node-1' }).samples));
  });
});
