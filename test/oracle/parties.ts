import type { AttemptKey } from '../../exporter/src/facts/attempt';
import type { AllocatedCharge, ChargePeriod, GpuUsage } from '../../exporter/src/facts/charge';
import type { OraclePeriod, OraclePiece } from './allocate-oracle';
import type { OracleUsage } from './usage-oracle';

/** A charge period in the form in which ledger and oracle are compared; parties without any part are left out. */
export type ComparedPeriod = {
  readonly start: number;
  readonly end: number;
  readonly amount: bigint | null;
  readonly parties: { readonly [name: string]: Part };
};

export type Part = {
  readonly amount: bigint | null;
  readonly weight: bigint;
  readonly gpuTime: bigint;
  readonly usage?: GpuUsage | OracleUsage;
};

/** The ledger's answer, to compare. */
export const comparedCharge = ({ origin, pieces }: ChargePeriod): ComparedPeriod => ({
  ...origin.period,
  amount: origin.amount,
  parties: partiesOf(pieces),
});

/** The oracle's answer, to compare. */
export const comparedOracle = ({ start, end, amount, pieces }: OraclePeriod): ComparedPeriod => ({
  start,
  end,
  amount,
  parties: partiesOf(pieces),
});

function partiesOf(pieces: readonly (AllocatedCharge | OraclePiece)[]): { [name: string]: Part } {
  const some = pieces.filter(({ kind, weight, gpuTime }) => kind === 'workload' || weight > 0n || gpuTime > 0n);
  const named = some.map((piece) => [nameOf(piece), piece] as const);
  if (new Set(named.map(([name]) => name)).size < named.length)
    throw new Error('One party has two pieces of one charge.');
  return Object.fromEntries(
    named.map(([name, { amount, weight, gpuTime, heldMs, kind, usage }]) => [
      name,
      { amount, weight, gpuTime, ...(kind === 'workload' ? { heldMs } : {}), ...(usage ? { usage } : {}) },
    ]),
  );
}

/** `workload Flow/7/train/42 #0`, `unattributed`, `idle gap`. */
function nameOf({ kind, cause, holder }: { kind: string; cause: string | null; holder: AttemptKey | null }): string {
  return [kind, holder && JSON.stringify(holder, Object.keys(holder).sort()), cause]
    .filter((part) => part !== null)
    .join(' ');
}
