import type { GpuSample } from '../../facts/gpu-sample';
import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import type { Exposition } from '../scrape/exposition';
import type { Target } from '../scrape/settings';
import { samplesOf } from './gpu-device';
import { addressOf, deviceOf } from './gpu-labels';
import { readDeviceFacts, readReadings } from './gpu-reading';
import type { UnitMemory } from './gpu-value';
import { isGpuMetric, type MetricNames } from './metric-names';
import { OwnTexts } from './own-text';
import { ScrapeTally } from './scrape-tally';

/** What is kept of one target from scrape to scrape. */
export type TargetMemory = { readonly units: UnitMemory; readonly texts: OwnTexts };

/** One parsed body and what it is read with. */
export type GpuScrape = {
  readonly exposition: Exposition;
  readonly target: Target;
  /** The feed's name, for issues. */
  readonly feed: string;
  readonly receivedAt: Instant;
  /** For how long its samples speak, in ms. */
  readonly holdsMs: number;
  readonly names: MetricNames;
  /** Whether plain pod labels name the workload although a Prometheus stands between. */
  readonly honorLabels: boolean;
  readonly memory: TargetMemory;
};

/** What a scrape says of GPUs; `accepted`, `ignored` and all of `dropped` together are its lines with content. */
export type GpuScrapeResult = {
  readonly samples: readonly GpuSample[];
  readonly accepted: number;
  /** Lines of metrics that are not needed. */
  readonly ignored: number;
  readonly dropped: { readonly [reason: string]: number };
  readonly issues: readonly Issue[];
  /** Whether any series is about a GPU; without one the answer is a gap and says nothing about activity. */
  readonly seesGpus: boolean;
};

/** A memory for a target that was never read. */
export function newTargetMemory(): TargetMemory {
  return { units: new Map(), texts: new OwnTexts() };
}

/**
 * Turns one scrape of dcgm-exporter or nvidia_gpu_exporter into one sample a device and moment. Times are the
 * receipt's, unless a line carries one within 10 minutes of it. A value that is none leaves its quantity null, never 0;
 * a device of which nothing is known has no sample. Changes `memory` and nothing else.
 */
export function parseGpuScrape(scrape: GpuScrape): GpuScrapeResult {
  const { exposition, target, feed, holdsMs, memory } = scrape;
  const tally = new ScrapeTally(feed, addressOf(target).place);
  for (const { line, text, reason } of exposition.badLines) tally.dropLine(reason, { line, field: null, value: text });
  memory.texts.next();
  const facts = readDeviceFacts(exposition);
  const readings = readReadings(exposition, facts, { ...scrape, units: memory.units, tally });
  const samples = samplesOf(readings, { holdsMs, tally, texts: memory.texts });
  const { accepted, ignored } = tally;
  return { samples, accepted, ignored, dropped: tally.dropped(), issues: tally.told(), seesGpus: seesGpus(scrape) };
}

/** An exporter may answer with nothing but its own health: that tells of no GPU. */
function seesGpus({ exposition, names }: GpuScrape): boolean {
  return [...exposition.families.values()].some(({ samples }) =>
    samples.some(
      ({ name, labels }) => names.meaningOf(name) !== null || (isGpuMetric(name) && deviceOf(labels) !== null),
    ),
  );
}
