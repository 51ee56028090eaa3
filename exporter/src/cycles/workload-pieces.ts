import type { AttemptKey } from '../facts/attempt';
import type { AllocatedCharge, ChargePeriod } from '../facts/charge';

/** The pieces that somebody holds, with their holder. */
export function workloadPieces(
  periods: readonly ChargePeriod[],
): (AllocatedCharge & { readonly holder: AttemptKey })[] {
  return periods
    .flatMap(({ pieces }) => pieces)
    .filter((piece): piece is AllocatedCharge & { readonly holder: AttemptKey } => piece.holder !== null);
}
