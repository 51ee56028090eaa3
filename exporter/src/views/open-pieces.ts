import { type RunKey, runKeyText } from '../facts/attempt';
import type { AllocatedCharge, OriginCharge } from '../facts/charge';
import type { PublishedState } from '../facts/published';

/** A piece with the charge it was split from. */
export type OpenPiece = { readonly piece: AllocatedCharge; readonly origin: OriginCharge };

const indexes = new WeakMap<PublishedState, ReadonlyMap<string, readonly OpenPiece[]>>();

/** What a run holds in the charge periods that are open still. */
export function openPiecesOf(state: PublishedState, key: RunKey): readonly OpenPiece[] {
  return openPiecesByRun(state).get(runKeyText(key)) ?? [];
}

/** All that runs hold in open charge periods, by run key text; indexed once a published state. */
export function openPiecesByRun(state: PublishedState): ReadonlyMap<string, readonly OpenPiece[]> {
  const known = indexes.get(state);
  if (known) return known;
  const index = new Map<string, OpenPiece[]>();
  for (const { origin, pieces } of state.open) {
    for (const piece of pieces) {
      if (piece.holder === null) continue;
      const text = runKeyText(piece.holder);
      const entry = index.get(text);
      if (entry) entry.push({ piece, origin });
      else index.set(text, [{ piece, origin }]);
    }
  }
  indexes.set(state, index);
  return index;
}
