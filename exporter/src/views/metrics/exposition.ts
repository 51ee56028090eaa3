import type { PublishedState, RunMetrics } from '../../facts/published';
import type { Instant } from '../../units/interval';
import { estateSpend } from './estate-spend';
import { expositionText } from './exposition-text';
import type { Family, Shown } from './family';
import { feeds } from './feeds';
import { gpuHourRate, gpuHourRateInfo } from './gpu-hour-rate';
import { gpuTime } from './gpu-time';
import { ledgerHealth } from './ledger-health';
import { type Build, processFamilies } from './process';
import { rollups } from './rollups';
import { runCost } from './run-cost';
import { runInfo } from './run-info';
import { RunSlots } from './run-slots';
import { runExpectedSpend, runSpend } from './run-spend';
import { runGpuSeconds, runUnpricedSeconds } from './run-time';
import { ScrapeIntervals } from './scrape-intervals';

/** The `metrics` section of the configuration. */
export type ExpositionLimits = { readonly maxRuns: number; readonly finishedTtlMs: number };

/** 5,000 runs; a finished one stays for ten days. */
export const DEFAULT_LIMITS: ExpositionLimits = { maxRuns: 5000, finishedTtlMs: 864_000_000 };

const shownFamilies: readonly Family<Shown>[] = [
  runCost,
  runSpend,
  runExpectedSpend,
  runGpuSeconds,
  runUnpricedSeconds,
  runInfo,
  gpuHourRate,
  gpuHourRateInfo,
  ...rollups,
  estateSpend,
  gpuTime,
  ...feeds,
  ...ledgerHealth,
];

/** Renders a published state once; every scrape of it is answered from memory. */
export class Exposition {
  readonly #slots: RunSlots;
  readonly #limits: ExpositionLimits;
  readonly #intervals = new ScrapeIntervals();
  #rendered: { readonly state: PublishedState; readonly text: Buffer } | null = null;

  constructor(limits: ExpositionLimits) {
    this.#limits = limits;
    this.#slots = new RunSlots(limits.maxRuns);
  }

  /** The whole exposition; without a published state only what the process knows of itself. */
  scrape(state: PublishedState | null, build: Build): Buffer {
    const own = expositionText(processFamilies, { build, scrapeIntervals: this.#intervals.medians() });
    return state === null ? own : Buffer.concat([this.#textOf(state), own]);
  }

  /** Notes who scrapes how often; `seconds` are monotonic. */
  observe(address: string, seconds: number): void {
    this.#intervals.observe(address, seconds);
  }

  #textOf(state: PublishedState): Buffer {
    if (this.#rendered?.state !== state) {
      const runs = this.#slots.assign(state.runs.filter((run) => isShown(run, state.computedAt, this.#limits)));
      const families = shownFamilies.filter(
        ({ metric }) => state.currency === 'USD' || !metric.unit.startsWith('dollars'),
      );
      this.#rendered = { state, text: expositionText(families, { state, runs }) };
    }
    return this.#rendered.text;
  }
}

function isShown({ live, endedAt }: RunMetrics, now: Instant, { finishedTtlMs }: ExpositionLimits): boolean {
  return live || endedAt === null || now - endedAt <= finishedTtlMs;
}
