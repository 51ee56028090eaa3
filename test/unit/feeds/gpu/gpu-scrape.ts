import type { GpuSample } from '../../../../exporter/src/facts/gpu-sample';
import { type MetricAlias, MetricNames } from '../../../../exporter/src/feeds/gpu/metric-names';
import {
  type GpuScrapeResult,
  newTargetMemory,
  parseGpuScrape,
  type TargetMemory,
} from '../../../../exporter/src/feeds/gpu/parse-gpu-scrape';
import { parseExposition } from '../../../../exporter/src/feeds/scrape/parse-exposition';

/** When every scrape of these tests was received. */
export const RECEIVED = Date.parse('2026-11-21T09:00:00Z');

/** What a test may change about how a body is read. */
export type Reading = {
  readonly host?: string | null;
  readonly url?: string;
  readonly honorLabels?: boolean;
  readonly aliases?: readonly MetricAlias[];
  readonly memory?: TargetMemory;
  readonly contentType?: string;
  readonly receivedAt?: number;
};

/** Reads a whole body, or the lines of one, as the feed does. */
export function readScrape(body: string | readonly string[], reading: Reading = {}): GpuScrapeResult {
  const { host = null, url = 'http://10.0.0.7:9400/metrics', honorLabels = false, aliases = [] } = reading;
  const { memory = newTargetMemory(), contentType = null, receivedAt = RECEIVED } = reading;
  const text = typeof body === 'string' ? body : `${body.join('\n')}\n`;
  const exposition = parseExposition(text, { contentType, receivedAt, sampleLimit: 100_000 });
  const circumstances = { target: { url, host }, feed: 'dcgm', receivedAt, holdsMs: 60_000, honorLabels, memory };
  return parseGpuScrape({ exposition, names: new MetricNames(aliases), ...circumstances });
}

/** A sample on one line: device, activity with its signal, power, energy, pods. */
export function shownSample(sample: GpuSample): string {
  const { device, activityPpm, signal, powerMilliwatts, energyMillijoules, pods, profile } = sample;
  const activity = activityPpm === null ? 'unknown' : `${activityPpm} ppm by ${signal}`;
  const named = pods.map(({ uid, namespace, name }) => `${namespace}/${name}${uid === null ? '' : `#${uid}`}`);
  return [
    `${device.uuid}${device.instance && `:${device.instance}`}${profile === null ? '' : ` ${profile}`}`,
    activity,
    `${powerMilliwatts ?? '-'} mW`,
    `${energyMillijoules ?? '-'} mJ`,
    `[${named.join(' ')}]`,
  ].join(', ');
}

/** All samples of a body, each on one line. */
export function shownScrape(body: string | readonly string[], reading: Reading = {}): string[] {
  return readScrape(body, reading).samples.map(shownSample);
}
