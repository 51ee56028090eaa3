import { assert } from '../../assert';
import { attemptKeyText } from '../../facts/attempt';
import {
  type AllocatedCharge,
  type ChargeKind,
  type ChargePeriod,
  type HourClosing,
  IDLE_CAUSES,
  type IdleCause,
} from '../../facts/charge';
import type { Rung } from '../../facts/price';
import { sumAmounts } from '../../units/money';
import { hashOfSet } from '../content-hash';
import type { Row } from '../engine';
import { amountText, int128Text, int64Text } from './scalars';
import { sumUsage, usageCells, usageOf, type UsageSums } from './usage-row';

/** The rows that one closing adds; `team` of a holder is filled in when they are staged. */
export type ClosingRows = {
  readonly host: string;
  readonly hour: number;
  readonly contentHash: string;
  readonly closing: Row;
  readonly originAmount: bigint;
  readonly allocatedAmount: bigint;
  readonly usage: UsageSums;
  readonly origins: readonly Row[];
  readonly pieces: readonly { readonly row: Row; readonly holder: AllocatedCharge['holder'] }[];
};

/** A closing → its rows, without load and teams. Its hash does not depend on the order of periods and pieces. */
export function rowsOfClosing(closing: HourClosing): ClosingRows {
  const { host, hour, pricingHash, periods } = closing;
  for (const period of periods) assertWhole(closing, period);
  const hourStart = int64Text(hour.start);
  const origins = periods.map((period) => originRow(hourStart, period));
  const pieces = periods.flatMap(({ origin: { rung }, pieces: ofPeriod }) =>
    ofPeriod.map((piece) => ({ row: pieceRow(hourStart, rung, piece), usage: usageOf(piece), holder: piece.holder })),
  );
  const head = { host, hour_start: hourStart, hour_end: int64Text(hour.end), pricing_hash: pricingHash };
  // The hash of what nobody observed is what it was before usage was kept: such an hour is closed as it was.
  const seen = pieces.map(({ row, usage }) => (usage.observed === 0n ? row : { ...row, ...usageCells(usage) }));
  const texts = [head, ...origins, ...seen].map((row) => JSON.stringify(row));
  const contentHash = hashOfSet(texts);
  return {
    host,
    hour: hour.start,
    contentHash,
    closing: { ...head, content_hash: contentHash },
    originAmount: sumAmounts(periods.map(({ origin }) => origin.amount ?? 0n)),
    allocatedAmount: sumAmounts(periods.flatMap((period) => period.pieces.map(({ amount }) => amount ?? 0n))),
    usage: sumUsage(pieces.map(({ usage }) => usage)),
    origins,
    pieces: pieces.map(({ row, usage, holder }) => ({ row: { ...row, ...usageCells(usage) }, holder })),
  };
}

function assertWhole({ host, hour }: HourClosing, { origin, pieces }: ChargePeriod): void {
  const place = `${host} at ${origin.period.start}`;
  const inside = hour.start <= origin.period.start && origin.period.end <= hour.end && origin.host === host;
  assert(inside, `Charge period of ${place} lies outside the hour that is closed.`);
  const named = new Set(
    pieces.map(({ kind, cause, holder }) => JSON.stringify([kind, cause, holder && attemptKeyText(holder)])),
  );
  assert(named.size === pieces.length, `Two pieces of ${place} have one kind, cause and holder.`);
  for (const { host: on, period, kind, cause, holder, amount } of pieces) {
    const same = on === host && period.start === origin.period.start && period.end === origin.period.end;
    assert(same, `A piece of ${place} belongs to another charge period.`);
    assert(
      (amount === null) === (origin.amount === null),
      `A piece of ${place} is priced where its origin is not, or not where it is.`,
    );
    assert((kind === 'workload') === (holder !== null), `A piece of ${place} of kind ${kind} has the wrong holder.`);
    assert((kind === 'idle') === (cause !== null), `A piece of ${place} of kind ${kind} has the wrong cause.`);
  }
}

function originRow(hourStart: string, { origin, pieces }: ChargePeriod): Row {
  const ofKind = (kind: ChargeKind): AllocatedCharge[] => pieces.filter((piece) => piece.kind === kind);
  const row = {
    host: origin.host,
    hour_start: hourStart,
    period_start: int64Text(origin.period.start),
    period_end: int64Text(origin.period.end),
    amount: amountText(origin.amount ?? 0n),
    per_hour: origin.perHour === null ? null : amountText(origin.perHour),
    rung: origin.rung,
    rate_card: origin.rateCard,
    explanation: origin.explanation,
    split_policy: origin.splitPolicy,
    capacity_weight: int128Text(origin.capacityWeight),
    gpu_time: int128Text(origin.gpuTime),
    workload_amount: amountOf(ofKind('workload')),
    workload_gpu_time: gpuTimeOf(ofKind('workload')),
    unattributed_amount: amountOf(ofKind('unattributed')),
    priced: origin.amount === null ? 0 : 1,
    rows: 1,
  };
  return Object.assign(row, ...IDLE_CAUSES.map((cause) => causeCells(cause, pieces))) as Row;
}

function causeCells(cause: IdleCause, pieces: readonly AllocatedCharge[]): Row {
  const ofCause = pieces.filter((piece) => piece.cause === cause);
  return {
    [`${cause}_pieces`]: ofCause.length,
    [`${cause}_amount`]: amountOf(ofCause),
    [`${cause}_gpu_time`]: gpuTimeOf(ofCause),
  };
}

const amountOf = (pieces: readonly AllocatedCharge[]): string =>
  amountText(sumAmounts(pieces.map(({ amount }) => amount ?? 0n)));
const gpuTimeOf = (pieces: readonly AllocatedCharge[]): string =>
  int128Text(sumAmounts(pieces.map(({ gpuTime }) => gpuTime)));

function pieceRow(hourStart: string, rung: Rung, piece: AllocatedCharge): Row {
  const { host, period, kind, cause, holder, amount, weight, heldMs, held, gpuTime } = piece;
  return {
    host,
    hour_start: hourStart,
    period_start: int64Text(period.start),
    period_end: int64Text(period.end),
    kind,
    cause,
    deployment: holder?.deployment ?? '',
    flow: holder?.flow ?? '',
    run: holder?.run ?? '',
    step: holder?.step ?? '',
    task: holder?.task ?? '',
    attempt: holder?.attempt ?? 0,
    rung,
    amount: amountText(amount ?? 0n),
    weight: int128Text(weight),
    held_ms: int64Text(heldMs),
    held_start: int64Text(held.start),
    held_end: int64Text(held.end),
    gpu_time: int128Text(gpuTime),
    priced: amount === null ? 0 : 1,
    rows: 1,
  };
}

/** First and last hour that these closings touch; statements narrow their reading by it. */
export function hourRangeOf(closings: readonly ClosingRows[]): { firstHour: number; lastHour: number } {
  let [firstHour, lastHour] = [Infinity, -Infinity];
  for (const { hour } of closings) [firstHour, lastHour] = [Math.min(firstHour, hour), Math.max(lastHour, hour)];
  return { firstHour, lastHour };
}
