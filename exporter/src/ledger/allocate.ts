import { assert } from '../assert';
import { attemptKeyText } from '../facts/attempt';
import type { AllocatedCharge, ChargePeriod, GpuUsage, OriginCharge } from '../facts/charge';
import type { DeviceStretch } from '../facts/gpu-sample';
import type { Host } from '../facts/host';
import type { Issue } from '../facts/issue';
import type { PriceSpan } from '../facts/price';
import { type Instant, type Interval, millisecondsOf } from '../units/interval';
import { nanoGpuMilliseconds } from '../units/quantity';
import { assertBalanced } from './balance';
import { amountFor, chargePeriodsOf, existenceOf, type PricedPeriod } from './charge-periods';
import { type Activity, type AttemptHolding, holdingsWithin } from './holding';
import { issuesOf } from './allocation-issues';
import { measure } from './measure';
import { piecesOf } from './pieces';
import { usageOf } from './usage';
import { capacityOf } from './weigh';

export type { Activity, AttemptHolding } from './holding';

/** One host over one hour (or the open part of it): all that decides how its cost is split. */
export type HostHourInput = {
  readonly host: Host;
  readonly span: Interval;
  /** This host's prices, non-overlapping; gaps are unpriced. */
  readonly prices: readonly PriceSpan[];
  /** Any attempts of the host; those that do not hold inside the span weigh nothing. */
  readonly holdings: readonly AttemptHolding[];
  readonly activity: readonly Activity[];
  /**
   * What telemetry saw of this host's devices, whole stretches: they divide held time into used, workload idle and
   * unobserved, and unheld time into unattributed and idle. Where there are any, `activity` does not count.
   */
  readonly stretches?: readonly DeviceStretch[];
  /** Start of the first holding ever on the host. */
  readonly firstHeld: Instant | null;
  /** End of the last holding when none is open. */
  readonly lastHeld: Instant | null;
  readonly splitPolicy: string;
};

/**
 * Prices a host's hour and splits it among attempts, unattributed use and idle (split policy `gpu-first`).
 * Pure; every period it returns balances to the last digit. A host that does not exist in the span gives no periods.
 */
export function allocateHour(input: HostHourInput): { periods: ChargePeriod[]; issues: Issue[] } {
  const existence = existenceOf(input.host, input.firstHeld);
  if (!existence) return { periods: [], issues: [] };
  const periods: ChargePeriod[] = [];
  const issues: Issue[] = [];
  for (const priced of chargePeriodsOf(input.span, existence, input.prices)) {
    const charged = allocatePeriod(input, priced);
    assertBalanced(charged.period);
    periods.push(charged.period);
    issues.push(...charged.issues);
  }
  return { periods, issues };
}

function allocatePeriod(
  input: HostHourInput,
  { period, price }: PricedPeriod,
): { period: ChargePeriod; issues: Issue[] } {
  const { host, activity, stretches = [] } = input;
  const holdings = holdingsWithin(period, input.holdings);
  const known = input.holdings.map(({ attempt }) => attempt);
  const borders = [input.firstHeld, input.lastHeld].filter((border) => border !== null);
  const { perHour } = price;
  const slices = measure({ host, during: period, perHour, holdings, activity, stretches, known, borders });
  const origin = originOf(input, period, price);
  const context = {
    firstHeld: input.firstHeld,
    lastHeld: input.lastHeld,
    hostEnd: host.to,
    periodUnheld: holdings.length === 0,
  };
  const usage = usageOf(slices);
  const pieces = piecesOf({ origin, slices, context }).map((piece) => withUsage(piece, usage));
  return { period: { origin, pieces }, issues: issuesOf(host, holdings, slices) };
}

function withUsage(piece: AllocatedCharge, usage: ReadonlyMap<string, GpuUsage>): AllocatedCharge {
  const observed = piece.holder && usage.get(attemptKeyText(piece.holder));
  return observed ? { ...piece, usage: observed } : piece;
}

function originOf(input: HostHourInput, period: Interval, price: PriceSpan): OriginCharge {
  const { host } = input;
  const milliseconds = BigInt(millisecondsOf(period));
  const capacity = capacityOf(host);
  assert(capacity > 0n, `Host ${host.name} has no GPUs, vCPUs or memory to split a charge by.`);
  return {
    host: host.name,
    period,
    amount: price.perHour === null ? null : amountFor(price.perHour, period),
    perHour: price.perHour,
    rung: price.rung,
    rateCard: price.rateCard,
    explanation: price.explanation,
    capacityWeight: capacity * milliseconds,
    gpuTime: nanoGpuMilliseconds(host.gpus * milliseconds),
    splitPolicy: input.splitPolicy,
  };
}
