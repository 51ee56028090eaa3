import { type RunKey, runKeyText } from '../../exporter/src/facts/attempt';
import type { Run } from '../../exporter/src/facts/run';
import { isWorkload } from '../../exporter/src/facts/workload';
import type { RollupBy, RollupRow } from '../../exporter/src/store/store';
import { compareUtf8 } from '../../exporter/src/units/utf8-order';
import { type ChargedPiece, sumPieces, valueOf } from './memory-sums';

const OF_RUNS_ALONE: readonly RollupBy[] = ['flow', 'step', 'config_variant'];

/** Cost by group of the pieces of a window. */
export function rollupRows(
  runs: readonly Run[],
  inside: readonly ChargedPiece[],
  { by, uncounted = [] }: { by: RollupBy; uncounted?: readonly RunKey[] },
): RollupRow[] {
  const skipped = new Set(uncounted.map(runKeyText));
  const byKey = new Map(runs.map((run) => [runKeyText(run.key), run]));
  const groups = new Map<string, { deployment: string; flow: string; value: string | null; pieces: ChargedPiece[] }>();
  for (const piece of inside) {
    const { deployment, flow, step } = piece.holder!;
    if (isWorkload(piece.holder!) && OF_RUNS_ALONE.includes(by)) continue;
    const value = by === 'flow' ? flow : by === 'step' ? step : valueOf(byKey.get(runKeyText(piece.holder!)), by);
    const text = JSON.stringify([deployment, flow, value]);
    const group = groups.get(text) ?? { deployment, flow, value, pieces: [] };
    group.pieces.push(piece);
    groups.set(text, group);
  }
  return [...groups.values()].sort(byGroup).map(({ deployment, flow, value, pieces }) => {
    const { estimated, billed, heldGpuSeconds, unpricedMs } = sumPieces(pieces);
    const holders = pieces.map(({ holder }) => holder!).filter((holder) => !isWorkload(holder));
    const counted = new Set(holders.map(runKeyText).filter((text) => !skipped.has(text)));
    return { deployment, flow, value, estimated, billed, heldGpuSeconds, unpricedMs, runs: counted.size };
  });
}

/** Orders group values by UTF-8, the nameless last. */
export const byValue = (a: string | null, b: string | null): number =>
  a === null || b === null ? Number(a === null) - Number(b === null) : compareUtf8(a, b);

type Group = { readonly deployment: string; readonly flow: string; readonly value: string | null };
const byGroup = (a: Group, b: Group): number =>
  compareUtf8(a.deployment, b.deployment) || compareUtf8(a.flow, b.flow) || byValue(a.value, b.value);
