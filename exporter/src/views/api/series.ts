import type { RunSeries } from '../../contract/series';
import type { AllocatedCharge } from '../../facts/charge';
import { type Interval, millisecondsOf, overlap } from '../../units/interval';
import { gpuSecondsFromNanoGpuMilliseconds, nanoGpuMilliseconds } from '../../units/quantity';
import { split } from '../../units/split';
import { type CostTally, costOf, NO_COST } from '../cost-tally';
import { instantOf, moneyOf, secondsOf } from '../wire';
import { piecesOfRun } from './charged-pieces';
import { findRun } from './find-run';
import { freshness, type Handler } from './handler';
import { ProblemError } from './problem';
import { summarize } from './run-cost';

const MAX_BUCKETS = 5000;

/** A run's cost over time; the buckets sum to its cost exactly. */
export const getRunSeries: Handler<'getRunSeries'> = async ({ params, query }, source) => {
  const run = await findRun({ ...params, deployment: query.deployment }, source);
  const pieces = await piecesOfRun(run.key, source);
  const [summary] = await summarize([run], source);
  return {
    deployment: run.key.deployment,
    flow: run.key.flow,
    runId: run.key.run,
    stepSeconds: query.step / 1000,
    cost: summary!.cost,
    items: bucketsOf(pieces, query.step),
    ...freshness(source.state),
  };
};

/** Spreads each piece over the buckets its holder held in, by milliseconds; nothing is lost to rounding. */
export function bucketsOf(pieces: readonly AllocatedCharge[], stepMs: number): RunSeries['items'] {
  if (pieces.length === 0) return [];
  const { start, end } = spanOf(pieces);
  const first = Math.floor(start / stepMs);
  const last = Math.ceil(end / stepMs);
  if (last - first > MAX_BUCKETS) throw tooManyBuckets(last - first, { spanMs: end - start, stepMs });
  const buckets: CostTally[] = Array.from({ length: last - first }, () => NO_COST);
  for (const piece of pieces) addPiece(buckets, piece, { first, stepMs });
  return buckets.map((tally, index) => ({
    start: instantOf((first + index) * stepMs),
    end: instantOf((first + index + 1) * stepMs),
    cost: moneyOf(costOf(tally)),
    heldGpuSeconds: secondsOf(tally.heldGpuSeconds),
  }));
}

function addPiece(
  buckets: CostTally[],
  { held, amount, gpuTime }: AllocatedCharge,
  { first, stepMs }: { first: number; stepMs: number },
): void {
  const touched = touchedBy(held, stepMs);
  const weights = touched.map((bucket) => BigInt(overlapMs(bucket, held)));
  const amounts = amount === null ? null : split(amount, weights);
  const times = split(gpuTime, weights);
  for (const [index, bucket] of touched.entries()) {
    const place = bucket.start / stepMs - first;
    const known = buckets[place]!;
    const milliseconds = Number(weights[index]);
    buckets[place] = {
      ...known,
      estimated: known.estimated + (amounts?.[index] ?? 0n),
      pricedMs: known.pricedMs + (amounts === null ? 0 : milliseconds),
      unpricedMs: known.unpricedMs + (amounts === null ? milliseconds : 0),
      heldGpuSeconds: known.heldGpuSeconds + gpuSecondsFromNanoGpuMilliseconds(nanoGpuMilliseconds(times[index]!)),
    };
  }
}

function touchedBy({ start, end }: Interval, stepMs: number): Interval[] {
  const buckets: Interval[] = [];
  for (let at = Math.floor(start / stepMs) * stepMs; at < end; at += stepMs)
    buckets.push({ start: at, end: at + stepMs });
  return buckets;
}

function overlapMs(bucket: Interval, held: Interval): number {
  const shared = overlap(bucket, held);
  return shared === null ? 0 : millisecondsOf(shared);
}

function tooManyBuckets(count: number, { spanMs, stepMs }: { spanMs: number; stepMs: number }): ProblemError {
  const least = Math.ceil(spanMs / (MAX_BUCKETS - 1) / 1000);
  return new ProblemError('too-large', {
    detail: `The run spans ${count} buckets of ${stepMs / 1000}s; at most ${MAX_BUCKETS} are sent.`,
    parameter: 'step',
    value: `${stepMs / 1000}s`,
    remedy: `Give a step of at least ${least}s.`,
  });
}

function spanOf(pieces: readonly AllocatedCharge[]): Interval {
  const start = pieces.reduce((least, { held }) => Math.min(least, held.start), Infinity);
  const end = pieces.reduce((most, { held }) => Math.max(most, held.end), 0);
  return { start, end };
}
