import type { Instant } from '../../units/interval';
import { BoundedCache } from '../bounded-cache';
import { type BackgroundFeed, FeedError } from '../feed';
import { parseExposition } from '../scrape/parse-exposition';
import type { Scrape, ScrapePool, ScrapeVerdict } from '../scrape/pool';
import { createScrapePool } from '../scrape/read-pool';
import type { ScrapeSettings } from '../scrape/settings';
import { GpuBacklog } from './gpu-backlog';
import type { GpuBatch } from './gpu-batch';
import { type MetricAlias, MetricNames } from './metric-names';
import { newTargetMemory, parseGpuScrape, type TargetMemory } from './parse-gpu-scrape';

/** How a GPU feed is made. */
export type GpuFeedOptions = {
  readonly name: string;
  readonly settings: ScrapeSettings;
  readonly clock: { now(): Instant; readonly speed: number };
  /** Names and units beyond the built-in ones; they win. */
  readonly aliases?: readonly MetricAlias[];
  /** True where a Prometheus with honor_labels stands between. */
  readonly honorLabels?: boolean;
  /** What scrapes the targets; another one in tests. */
  readonly createPool?: typeof createScrapePool;
  /** How many samples wait for `take` at most. */
  readonly backlog?: number;
};

/** The longest that a sample speaks, in ms; else it is twice the feed's interval. */
const LONGEST_HOLD_MS = 75_000;
/** About five minutes of ten thousand GPUs at 30 s, with as much again for MIG. */
const BACKLOG_SAMPLES = 200_000;
const REMEMBERED_TARGETS = 20_000;

/**
 * Scrapes dcgm-exporter or nvidia_gpu_exporter. An answer without a GPU is `empty`: a gap, not idleness. An answer of
 * which no line can be read fails.
 */
export function createGpuFeed(options: GpuFeedOptions): BackgroundFeed<GpuBatch> {
  const { name, settings, clock, createPool = createScrapePool } = options;
  const backlog = new GpuBacklog(name, options.backlog ?? BACKLOG_SAMPLES);
  const onScrape = scrapeReader(options, backlog);
  const pool: ScrapePool = createPool({ feed: name, settings, clock, onScrape });
  return {
    name,
    start: () => pool.start(),
    take: () => backlog.take(),
    health: () => pool.health(),
    stop: () => pool.stop(),
  };
}

function scrapeReader(
  { name, settings, aliases, honorLabels = false }: GpuFeedOptions,
  backlog: GpuBacklog,
): (scrape: Scrape) => ScrapeVerdict {
  const names = new MetricNames(aliases);
  const memories = new BoundedCache<TargetMemory>(REMEMBERED_TARGETS);
  const holdsMs = Math.min(2 * settings.intervalMs, LONGEST_HOLD_MS);
  return ({ target, body, contentType, receivedAt }) => {
    const memory = memories.get(target.url) ?? newTargetMemory();
    memories.set(target.url, memory);
    const exposition = parseExposition(body, { contentType, receivedAt, sampleLimit: settings.sampleLimit });
    const circumstances = { target, feed: name, receivedAt, holdsMs, names, honorLabels, memory };
    const read = parseGpuScrape({ exposition, ...circumstances });
    const dropped = sum(read.dropped);
    if (exposition.badLines.length > 0 && read.accepted + read.ignored + dropped === exposition.badLines.length)
      throw new FeedError(`No line of the answer is a sample. ${exposition.badLines[0]!.reason}`);
    const lost = backlog.add(read.samples, read.issues);
    return {
      outcome: read.seesGpus ? 'ok' : 'empty',
      rows: { accepted: read.accepted, rejected: dropped },
      dropped: lost === 0 ? read.dropped : { ...read.dropped, overflow: lost },
    };
  };
}

function sum(counts: { readonly [reason: string]: number }): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
