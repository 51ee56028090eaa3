import type { AllocatedCharge, OriginCharge } from '../../facts/charge';
import type { RunKey } from '../../facts/attempt';
import type { HostPeriodRow } from '../../store/store';
import { sumAmounts } from '../../units/money';
import { openPiecesOf } from '../open-pieces';
import type { Source } from './handler';

/** How a charge period was divided among everybody; amounts are null when it is unpriced. */
export type Division = {
  readonly origin: OriginCharge;
  readonly closed: boolean;
  readonly workload: bigint | null;
  readonly idle: bigint | null;
  readonly unattributed: bigint | null;
};

const PAGE = 5000;

/** A run's pieces, closed and open, oldest period first. */
export async function piecesOfRun(key: RunKey, { store, state }: Source): Promise<AllocatedCharge[]> {
  const open = openPiecesOf(state, key).map(({ piece }) => piece);
  return [...(await store.piecesOfRun(key, state.asOf)), ...open];
}

/** Names the charge period of a piece or an origin charge. */
export function periodKey({ host, period }: { host: string; period: { start: number } }): string {
  return `${period.start} ${host}`;
}

/** How the charge periods of these pieces were divided, by {@link periodKey}. */
export async function divisionsOf(
  pieces: readonly AllocatedCharge[],
  { store, state }: Source,
): Promise<Map<string, Division>> {
  const divisions = new Map(state.open.map((open) => [periodKey(open.origin), divideOpen(open)]));
  const closed = pieces.filter((piece) => !divisions.has(periodKey(piece)));
  if (closed.length === 0) return divisions;
  const hosts = [...new Set(closed.map(({ host }) => host))];
  const from = closed.reduce((least, { period }) => Math.min(least, period.start), Infinity);
  const to = closed.reduce((most, { period }) => Math.max(most, period.end), 0);
  for (let after: { start: number; host: string } | undefined; ;) {
    const rows = await store.hostPeriods({ hosts, from, to, limit: PAGE, ...(after && { after }) }, state.asOf);
    for (const row of rows) divisions.set(periodKey(row.origin), divisionOfRow(row));
    const last = rows.at(-1)?.origin;
    if (rows.length < PAGE || !last) return divisions;
    after = { start: last.period.start, host: last.host };
  }
}

/** The sums of one open charge period by kind. */
export function divideOpen({ origin, pieces }: { origin: OriginCharge; pieces: readonly AllocatedCharge[] }): Division {
  const sumOf = (kind: AllocatedCharge['kind']): bigint | null =>
    origin.amount === null
      ? null
      : sumAmounts(pieces.filter((piece) => piece.kind === kind).map(({ amount }) => amount ?? 0n));
  return {
    origin,
    closed: false,
    workload: sumOf('workload'),
    idle: sumOf('idle'),
    unattributed: sumOf('unattributed'),
  };
}

function divisionOfRow({ origin, workload, unattributed, idle }: HostPeriodRow): Division {
  const idleSum = origin.amount === null ? null : sumAmounts(idle.map(({ amount }) => amount ?? 0n));
  return { origin, closed: true, workload, idle: idleSum, unattributed };
}
