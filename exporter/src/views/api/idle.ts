import { z } from 'zod';
import type { IdlePeriod } from '../../contract/idle';
import { type ChargePeriod, IDLE_CAUSES } from '../../facts/charge';
import type { HostPeriodRow } from '../../store/store';
import { sumAmounts } from '../../units/money';
import type { Interval } from '../../units/interval';
import { gpuSecondsFromNanoGpuMilliseconds } from '../../units/quantity';
import { compareUtf8 } from '../../units/utf8-order';
import { instantOf, moneyOf, secondsOf } from '../wire';
import { divideOpen } from './charged-pieces';
import { decodeCursor } from './cursor';
import { freshness, type Handler, type Source } from './handler';
import { pageOf } from './page';
import { windowOf, windowSent } from './window';

const place = z.tuple([z.literal('idle'), z.number().int(), z.string()]);

type Row = HostPeriodRow & { readonly closed: boolean };
type After = { readonly start: number; readonly host: string };

/** Host charge periods, oldest first, closed and open; the parts of each sum to its cost. */
export const listIdle: Handler<'listIdle'> = async ({ query }, source) => {
  const { state, store, now } = source;
  const window = windowOf(query, now);
  const at = decodeCursor(query.cursor, place);
  const after: After | undefined = at && { start: at[1], host: at[2] };
  const hosts = query.host === undefined ? {} : { hosts: [query.host] };
  const limit = query.limit + 1;
  const closed = await store.hostPeriods(
    { ...hosts, from: window.start, to: window.end, limit, ...(after && { after }) },
    state.asOf,
  );
  const rows = [...closed.map((row) => ({ ...row, closed: true })), ...openRows(source, { window, after, ...hosts })];
  const page = pageOf(rows.sort(oldestFirst), {
    limit: query.limit,
    item: (row) => itemOf(row, source),
    place: ({ origin }) => ['idle', origin.period.start, origin.host],
  });
  return { ...page, ...windowSent(window), ...freshness(state) };
};

function openRows(
  { state }: Source,
  { window, after, hosts }: { window: Interval; after: After | undefined; hosts?: readonly string[] },
): Row[] {
  return state.open
    .filter(({ origin: { host, period } }) => {
      const isInside = period.start >= window.start && period.start < window.end;
      const isNext = after === undefined || period.start > after.start || isLater(host, { period, after });
      return isInside && isNext && (hosts?.includes(host) ?? true);
    })
    .map(openRow);
}

function isLater(host: string, { period, after }: { period: Interval; after: After }): boolean {
  return period.start === after.start && compareUtf8(host, after.host) > 0;
}

function openRow(open: ChargePeriod): Row {
  const { workload, unattributed } = divideOpen(open);
  const causes = IDLE_CAUSES.flatMap((cause) => {
    const pieces = open.pieces.filter((piece) => piece.kind === 'idle' && piece.cause === cause);
    if (pieces.length === 0) return [];
    const amount = open.origin.amount === null ? null : sumAmounts(pieces.map((piece) => piece.amount ?? 0n));
    return [{ cause, amount, gpuSeconds: gpuSecondsOf(pieces) }];
  });
  const heldGpuSeconds = gpuSecondsOf(open.pieces.filter(({ kind }) => kind === 'workload'));
  return { origin: open.origin, workload, unattributed, idle: causes, heldGpuSeconds, closed: false };
}

function itemOf({ origin, workload, unattributed, idle, heldGpuSeconds, closed }: Row, { state }: Source): IdlePeriod {
  const known = state.hosts.find(({ host }) => host.name === origin.host)?.host;
  const idleAmount = origin.amount === null ? null : sumAmounts(idle.map(({ amount }) => amount ?? 0n));
  return {
    host: origin.host,
    pool: known?.pool ?? null,
    gpuModel: known?.gpuModel ?? null,
    from: instantOf(origin.period.start),
    to: instantOf(origin.period.end),
    closed,
    rung: origin.rung,
    cost: moneyOf(origin.amount),
    workload: moneyOf(workload),
    unattributed: moneyOf(unattributed),
    idle: moneyOf(idleAmount),
    causes: Object.fromEntries(
      idle.map(({ cause, amount, gpuSeconds }) => [
        cause,
        { cost: moneyOf(amount), gpuSeconds: secondsOf(gpuSeconds) },
      ]),
    ),
    idleGpuSeconds: secondsOf(idle.reduce((sum, { gpuSeconds }) => sum + gpuSeconds, 0)),
    heldGpuSeconds: secondsOf(heldGpuSeconds),
  };
}

function gpuSecondsOf(pieces: ChargePeriod['pieces']): number {
  return pieces.reduce((sum, { gpuTime }) => sum + gpuSecondsFromNanoGpuMilliseconds(gpuTime), 0);
}

function oldestFirst({ origin: a }: Row, { origin: b }: Row): number {
  return a.period.start - b.period.start || compareUtf8(a.host, b.host);
}
