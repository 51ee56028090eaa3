import type { PublishedState, RunMetrics, WorkloadMetrics } from '../../facts/published';
import type { Instant } from '../../units/interval';
import { isWorkload } from '../../facts/workload';
import { attributionCoverage } from './attribution-coverage';
import { budgets } from './budgets';
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
import { runOutlook } from './run-outlook';
import { RunSlots } from './run-slots';
import { runExpectedSpend, runSpend } from './run-spend';
import { runEnergy, runGpuUtilization } from './run-telemetry';
import { runElapsed, runExpectedDuration, runGpuSeconds, runUnpricedSeconds } from './run-time';
import { type Scraper, ScrapeIntervals } from './scrape-intervals';
import { telemetryGpus } from './telemetry-gpus';
import { WorkloadSlots } from './workload-slots';
import { workloads } from './workloads';

/** The `metrics` section of the configuration; `maxRuns` holds for runs, and for workloads beside them. */
export type ExpositionLimits = { readonly maxRuns: number; readonly finishedTtlMs: number };

/** 5,000 runs; a finished one stays for ten days. */
export const DEFAULT_LIMITS: ExpositionLimits = { maxRuns: 5000, finishedTtlMs: 864_000_000 };

const shownFamilies: readonly Family<Shown>[] = [
  runCost,
  runSpend,
  runExpectedSpend,
  ...runOutlook,
  runElapsed,
  runExpectedDuration,
  runGpuSeconds,
  runGpuUtilization,
  runEnergy,
  runUnpricedSeconds,
  runInfo,
  gpuHourRate,
  gpuHourRateInfo,
  ...rollups,
  ...workloads,
  ...budgets,
  attributionCoverage,
  telemetryGpus,
  estateSpend,
  gpuTime,
  ...feeds,
  ...ledgerHealth,
];

/** Renders a published state once; every scrape of it is answered from memory. */
export class Exposition {
  readonly #runs: RunSlots;
  readonly #workloads: WorkloadSlots;
  readonly #limits: ExpositionLimits;
  readonly #intervals = new ScrapeIntervals();
  #rendered: { readonly state: PublishedState; readonly text: Buffer } | null = null;

  constructor(limits: ExpositionLimits) {
    this.#limits = limits;
    this.#runs = new RunSlots(limits.maxRuns);
    this.#workloads = new WorkloadSlots(limits.maxRuns);
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

  /** Who scrapes, how often, and since when not; `seconds` are monotonic. */
  scrapers(seconds: number): readonly Scraper[] {
    return this.#intervals.scrapers(seconds);
  }

  #textOf(state: PublishedState): Buffer {
    if (this.#rendered?.state !== state) {
      const runs = this.#runs.assign(state.runs.filter((run) => isShown(run, state.computedAt, this.#limits)));
      const shown = { state, runs, workloads: this.#workloads.assign(state.workloads.filter(hasHeld)) };
      const families = shownFamilies.filter(
        ({ metric }) => state.currency === 'USD' || !metric.unit.startsWith('dollars'),
      );
      this.#rendered = { state, text: expositionText(families, shown) };
    }
    return this.#rendered.text;
  }
}

/** A pod that is told of and held nothing before it was gone, or turned out to be a run's, is no workload to show. */
function hasHeld({ live, cost, heldGpuSeconds }: WorkloadMetrics): boolean {
  return live || heldGpuSeconds > 0 || (cost !== null && cost.estimated + cost.billed !== 0n);
}

function isShown({ key, live, endedAt }: RunMetrics, now: Instant, { finishedTtlMs }: ExpositionLimits): boolean {
  return !isWorkload(key) && (live || endedAt === null || now - endedAt <= finishedTtlMs);
}
