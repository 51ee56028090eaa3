import { assert } from '../assert';
import type { HeldResources } from '../facts/attempt';
import type { Host } from '../facts/host';
import type { ExpectationBasis } from '../facts/published';
import { divideFloor, divideHalfEven } from '../units/divide';
import { bytes, milliVcpus, nanoGpus } from '../units/quantity';
import { capacityOf, weightOf } from './weigh';

/** Fewer past runs than this say nothing about what is usual. */
export const RUNS_NEEDED = 3;

/** What one step of one past run held on average while it ran. */
export type StepAverage = {
  readonly variantId: string | null;
  readonly step: string;
  readonly gpus: number;
  readonly vcpus: number;
  readonly memoryBytes: number;
};

/** A step that runs now: where, at what price, and what it holds at this moment. */
export type RunningStep = {
  readonly step: string;
  readonly host: Host;
  readonly perHour: bigint;
  readonly perHourNow: bigint;
  /** On how many such hosts it runs; 1 where nothing is said. */
  readonly hostCount?: number;
};

/** An expected rate, in 10⁻¹² dollars an hour, and what it rests on. */
export type Expectation = { readonly perHour: bigint; readonly basis: ExpectationBasis };

const WEAKEST: readonly ExpectationBasis[] = ['requested', 'flow', 'variant'];

/**
 * Expected dollars an hour of a run at today's prices: per running step the median of what past successful runs of the
 * same deployment and flow held in it on average — of the same variant where three are known, else of the flow, else
 * what is requested now. The basis is the weakest of its steps'. Null when no step runs.
 */
export function expectedPerHour(
  running: readonly RunningStep[],
  variantId: string | null,
  history: readonly StepAverage[],
): Expectation | null {
  if (running.length === 0) return null;
  const steps = running.map((step) => expectStep(step, variantId, history));
  return {
    perHour: steps.reduce((total, { perHour }) => total + perHour, 0n),
    basis: WEAKEST.find((basis) => steps.some((step) => step.basis === basis))!,
  };
}

function expectStep(step: RunningStep, variantId: string | null, history: readonly StepAverage[]): Expectation {
  const ofStep = history.filter((past) => past.step === step.step);
  const ofVariant = variantId === null ? [] : ofStep.filter((past) => past.variantId === variantId);
  if (ofVariant.length >= RUNS_NEEDED) return { perHour: medianPerHour(step, ofVariant), basis: 'variant' };
  if (ofStep.length >= RUNS_NEEDED) return { perHour: medianPerHour(step, ofStep), basis: 'flow' };
  return { perHour: step.perHourNow, basis: 'requested' };
}

function medianPerHour({ host, perHour, hostCount = 1 }: RunningStep, averages: readonly StepAverage[]): bigint {
  const weights = averages.map((average) => weightOf(host, heldResources(average), perHour));
  const capacity = capacityOf(host);
  const most = capacity * BigInt(hostCount);
  const weight = median(weights);
  return divideHalfEven(perHour * (weight < most ? weight : most), capacity);
}

/** Amounts that a step held as resources: averages, or totals over its time; beyond 10⁻⁹ GPUs they are rounded. */
export function heldResources({ gpus, vcpus, memoryBytes }: Omit<StepAverage, 'variantId' | 'step'>): HeldResources {
  return {
    gpus: nanoGpus(BigInt(Math.round(gpus * 1e9))),
    vcpus: milliVcpus(BigInt(Math.round(vcpus * 1e3))),
    memory: bytes(BigInt(Math.round(memoryBytes))),
    source: 'graph_info',
  };
}

/** The middle value; of an even number the mean of the two middle ones, floored. */
export function median(values: readonly bigint[]): bigint {
  assert(values.length > 0, 'A median needs at least one value.');
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const middle = Math.floor((sorted.length - 1) / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : divideFloor(sorted[middle]! + sorted[middle + 1]!, 2n);
}
