/**
 * Mutates answers of GPU exporters and reads them as the feed does. FUZZ_RUNS sets how many (3,000 unless given),
 * FUZZ_SEED where to begin; the number of a failing mutation is in its message, so it can be had again alone.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GpuSample } from '../../exporter/src/facts/gpu-sample';
import { FeedError } from '../../exporter/src/feeds/feed';
import { MetricNames } from '../../exporter/src/feeds/gpu/metric-names';
import { type GpuScrapeResult, newTargetMemory, parseGpuScrape } from '../../exporter/src/feeds/gpu/parse-gpu-scrape';
import { parseExposition } from '../../exporter/src/feeds/scrape/parse-exposition';
import { Chance, mutate } from './mutate';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 3000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
/** For many runs; it ends a parser that hangs. */
const LONGEST_MS = 60_000 + RUNS * 10;
const RECEIVED = 1_795_251_600_000;
const TOLERANCE_MS = 600_000;
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0';

/** The bodies of a folder by file name; none where it is not there. */
function bodiesOf(folder: string, pattern: RegExp): [string, string][] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => pattern.test(file));
  return files.sort().map((file) => [file, readFileSync(join(folder, file), 'utf8')]);
}

const own = bodiesOf(join(__dirname, 'corpus'), /\.prom$/);
/** Other people's payloads are read in place, where they are. */
const shared = bodiesOf(join(__dirname, '../../../shared/data/telemetry'), /^(dcgm|nvidia).*\.(prom|metrics|txt)$/);
const corpus = [...own, ...shared].map(([, body]) => body);

type Read = { readonly result: GpuScrapeResult; readonly badComments: number };

/** Reads a body; null when it failed as a whole, which only a FeedError may do. */
function read(body: string, contentType: string | null): Read | null {
  const names = new MetricNames();
  const memory = newTargetMemory();
  const circumstances = { feed: 'fuzz', receivedAt: RECEIVED, holdsMs: 60_000, names, honorLabels: false, memory };
  try {
    const exposition = parseExposition(body, { contentType, receivedAt: RECEIVED, sampleLimit: 5000 });
    const target = { url: 'http://fuzz:9400/metrics', host: null };
    const badComments = exposition.badLines.filter(({ text }) => /^[ \t]*#/.test(text)).length;
    return { result: parseGpuScrape({ exposition, target, ...circumstances }), badComments };
  } catch (error) {
    if (error instanceof FeedError) return null;
    throw error;
  }
}

/** Lines that must be accounted for, counted without the parser. */
function contentLines(body: string): number {
  const lines = body.split('\n').map((line) => line.replace(/\r$/, '').replace(/^[ \t]+|[ \t]+$/g, ''));
  return lines.filter((line) => line !== '' && !line.startsWith('#')).length;
}

function isWhole(value: number | null, most: number): boolean {
  return value === null || (Number.isInteger(value) && !Object.is(value, -0) && value >= 0 && value <= most);
}

/** What is wrong with a sample, if anything. */
function faultOf({
  activityPpm,
  signal,
  powerMilliwatts,
  energyMillijoules,
  at,
  device,
  host,
  pods,
}: GpuSample): string {
  if (!isWhole(activityPpm, 1_000_000)) return `activity ${activityPpm}`;
  if ((activityPpm === null) !== (signal === null)) return `signal ${signal} for ${activityPpm}`;
  if (!isWhole(powerMilliwatts, 1e8)) return `power ${powerMilliwatts}`;
  if (!isWhole(energyMillijoules, 1e17)) return `energy ${energyMillijoules}`;
  if (activityPpm === null && powerMilliwatts === null && energyMillijoules === null) return 'a sample of nothing';
  if (Math.abs(at - RECEIVED) > TOLERANCE_MS) return `time ${at}`;
  if (!/^GPU-./s.test(device.uuid)) return `uuid ${device.uuid}`;
  if (device.instance !== '' && (powerMilliwatts ?? energyMillijoules) !== null) return 'board power on an instance';
  if (host === '' || pods.some(({ namespace, name }) => namespace === '' || name === '')) return 'an empty name';
  return '';
}

/** All that is wrong with how a body was read. */
function faultsOf(body: string, read: Read | null): string[] {
  if (read === null) return [];
  const { samples, accepted, ignored, dropped, issues } = read.result;
  const faults = samples.map(faultOf).filter((fault) => fault !== '');
  const counted = accepted + ignored + Object.values(dropped).reduce((sum, count) => sum + count, 0);
  const expected = contentLines(body) + read.badComments;
  if (counted !== expected) faults.push(`${counted} lines are accounted for, there are ${expected}`);
  const moments = samples.map(({ device, at }) => `${device.uuid}|${device.instance}|${at}`);
  if (new Set(moments).size !== moments.length) faults.push('two samples of one device at one moment');
  if (issues.some(({ count }) => !(count >= 1))) faults.push('an issue without a count');
  return faults;
}

describe('Fuzzing the answers of GPU exporters', () => {
  it('has a corpus, of which every body that is whole is read', () => {
    expect(own.length).toBeGreaterThanOrEqual(10);
    expect(own.filter(([, body]) => read(body, null) === null)).toEqual([]);
    expect(own.flatMap(([file, body]) => faultsOf(body, read(body, null)).map((fault) => `${file}: ${fault}`))).toEqual(
      [],
    );
  });

  it(
    `finds no fault in ${RUNS} mutations from seed ${SEED}`,
    () => {
      let [whole, samples, dropped] = [0, 0, 0];
      for (let run = 0; run < RUNS; run += 1) {
        const chance = new Chance(SEED * 1_000_003 + run);
        const body = mutate(corpus, chance);
        const contentType = chance.below(5) === 0 ? OPEN_METRICS : null;
        const first = read(body, contentType);
        const place = { run, seed: SEED };
        expect({ ...place, faults: faultsOf(body, first) }).toEqual({ ...place, faults: [] });
        if (run % 10 === 0) expect({ ...place, read: read(body, contentType) }).toEqual({ ...place, read: first });
        if (first === null) continue;
        whole += 1;
        samples += first.result.samples.length;
        dropped += Object.values(first.result.dropped).reduce((sum, count) => sum + count, 0);
      }
      process.stdout.write(`Fuzzed ${RUNS} bodies: ${whole} read, ${samples} samples, ${dropped} lines left out.\n`);
      expect(whole).toBeGreaterThan(RUNS / 2);
      expect(samples).toBeGreaterThan(RUNS / 2);
      expect(dropped).toBeGreaterThan(RUNS / 2);
    },
    LONGEST_MS,
  );
});
