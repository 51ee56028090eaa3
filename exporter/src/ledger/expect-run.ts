import type { Attempt } from '../facts/attempt';
import type { Host } from '../facts/host';
import type { ExpectationBasis } from '../facts/published';
import { divideHalfEven } from '../units/divide';
import { HOUR_MS, type Instant } from '../units/interval';
import { heldResources, median, RUNS_NEEDED } from './expect';
import { capacityOf, weightOf } from './weigh';

/** What one step of one past, successful run held in all: GPUs, vCPUs and bytes × ms. */
export type StepTotal = {
  readonly run: string;
  readonly variantId: string | null;
  readonly step: string;
  readonly gpuMs: number;
  readonly vcpuMs: number;
  readonly byteMs: number;
  readonly runStartedAt: Instant;
  readonly runEndedAt: Instant;
};

/** A host and what all of it costs an hour today, 10⁻¹². */
export type HostPrice = { readonly host: Host; readonly perHour: bigint };

/** What is known when a run is to be expected. */
export type ExpectedRunInput = {
  readonly history: readonly StepTotal[];
  readonly variantId: string | null;
  /** The host of each step that runs. */
  readonly running: readonly (HostPrice & { readonly step: string })[];
  /** Where the other steps are taken to run: the first that suits, after the hosts of running steps. */
  readonly hosts: readonly HostPrice[];
};

/** What a whole run is expected to cost and to last, and what that rests on. */
export type RunExpectation = {
  /** Σ of its steps, 10⁻¹². */
  readonly total: bigint;
  readonly steps: ReadonlyMap<string, bigint>;
  readonly milliseconds: number;
  readonly basis: Exclude<ExpectationBasis, 'requested'>;
};

/**
 * What a run of this flow costs at today's prices, by the runs of its variant where three are known, else of its flow.
 *
 * Per step the median, over those runs, of what the step held in all; a run without the step counts as 0. Of an even
 * number of runs it is the mean of the two middle ones, floored to a whole weight. Price × weight ÷ capacity is rounded
 * half-even at scale 12, once a step; the total is their sum. Its duration is the median of the runs' durations.
 * Null with fewer than three runs, or where a step that held GPUs has no host with GPUs to be priced at.
 */
export function expectedRun({ history, variantId, running, hosts }: ExpectedRunInput): RunExpectation | null {
  const ofVariant = variantId === null ? [] : history.filter((past) => past.variantId === variantId);
  const basis = durationsOf(ofVariant).length >= RUNS_NEEDED ? 'variant' : 'flow';
  const past = basis === 'variant' ? ofVariant : history;
  const durations = durationsOf(past);
  if (durations.length < RUNS_NEEDED) return null;
  const steps = new Map<string, bigint>();
  for (const step of new Set(past.map((total) => total.step))) {
    const totals = past.filter((total) => total.step === step);
    const preferred = [...running.filter((one) => one.step === step), ...running, ...hosts];
    const place = preferred.find(({ host }) => host.gpus > 0n || totals.every(({ gpuMs }) => gpuMs === 0));
    if (!place) return null;
    steps.set(step, stepCost(place, totals, durations.length));
  }
  const total = [...steps.values()].reduce((sum, cost) => sum + cost, 0n);
  return { total, steps, milliseconds: Number(median(durations)), basis };
}

function durationsOf(history: readonly StepTotal[]): bigint[] {
  const runs = new Map(history.map(({ run, runStartedAt, runEndedAt }) => [run, BigInt(runEndedAt - runStartedAt)]));
  return [...runs.values()];
}

function stepCost({ host, perHour }: HostPrice, totals: readonly StepTotal[], runs: number): bigint {
  const weights = totals.map(({ gpuMs, vcpuMs, byteMs }) =>
    weightOf(host, heldResources({ gpus: gpuMs, vcpus: vcpuMs, memoryBytes: byteMs }), perHour),
  );
  const absent = Array.from({ length: runs - totals.length }, () => 0n);
  return divideHalfEven(perHour * median([...weights, ...absent]), capacityOf(host) * BigInt(HOUR_MS));
}

/** What a run has cost so far, 10⁻¹², by step, and which of its steps are finished. */
export type RunSoFar = {
  readonly cost: bigint;
  readonly steps: ReadonlyMap<string, bigint>;
  readonly finished: ReadonlySet<string>;
};

/**
 * What a run will have cost when it ends, 10⁻¹²: its cost so far, and for every step that is not finished what is
 * expected of it beyond what it costs already. A step that overran adds nothing and takes nothing away. Exact sums.
 */
export function projectedCost({ cost, steps, finished }: RunSoFar, expected: RunExpectation): bigint {
  return [...expected.steps].reduce((projected, [step, expectedCost]) => {
    const rest = expectedCost - (steps.get(step) ?? 0n);
    return finished.has(step) || rest < 0n ? projected : projected + rest;
  }, cost);
}

/**
 * The steps of a run that are taken as finished: nothing of them runs, and another step has started since their last
 * attempt ended. A foreach between two of its tasks is therefore not finished.
 */
export function finishedSteps(attempts: readonly Attempt[]): Set<string> {
  const steps = new Set(attempts.map(({ key }) => key.step));
  return new Set(
    [...steps].filter((step) => {
      const own = attempts.filter(({ key }) => key.step === step);
      const ended = Math.max(...own.map(({ end }) => end ?? Infinity));
      return attempts.some(({ key, start }) => key.step !== step && start >= ended);
    }),
  );
}
