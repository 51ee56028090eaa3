import { type RunKey, runKeyText } from '../../facts/attempt';
import type { Gaps, Labels } from '../../facts/run';
import { isWorkload } from '../../facts/workload';
import type { Interval } from '../../units/interval';
import { compareUtf8 } from '../../units/utf8-order';
import { addGaps, addTallies, type CostTally, costOf, isComplete, NO_COST, NO_GAPS, tallyPieces } from '../cost-tally';
import { type OpenPiece, openPiecesByRun } from '../open-pieces';
import { moneyOf, secondsOf } from '../wire';
import type { Source } from './handler';
import { labelsOfRuns } from './labels-of-runs';

/** What the runs and workloads of one label value cost in a window, and how many runs; null is those without one. */
export type CostGroup = {
  readonly value: string | null;
  readonly tally: CostTally;
  readonly gaps: Gaps;
  readonly runs: number;
};

type OpenRun = { readonly key: RunKey; readonly tally: CostTally };

/** Cost by a label in a window, closed and open charges and what is missing together, by value, the nameless last. */
export async function costGroups(
  { by, window }: { by: keyof Labels; window: Interval },
  source: Source,
): Promise<CostGroup[]> {
  const { state, store } = source;
  const open = openRuns(openPiecesByRun(state), window);
  const asked = { by, window, uncounted: open.map(({ key }) => key) };
  const [rows, gaps] = await Promise.all([store.rollup(asked, state.asOf), store.rollupGaps(asked, state.asOf)]);
  const groups = new Map<string | null, CostGroup>();
  const add = (value: string | null, part: Omit<CostGroup, 'value'>): void => {
    const known = groups.get(value) ?? { tally: NO_COST, gaps: NO_GAPS, runs: 0 };
    const tally = addTallies(known.tally, part.tally);
    groups.set(value, { value, tally, gaps: addGaps(known.gaps, part.gaps), runs: known.runs + part.runs });
  };
  for (const { value, estimated, billed, unpricedMs, heldGpuSeconds, runs } of rows) {
    // A rollup does not say how long it was priced, only that it was.
    const pricedMs = estimated !== 0n || billed !== 0n || unpricedMs === 0 ? 1 : 0;
    add(value, { tally: { estimated, billed, unpricedMs, heldGpuSeconds, pricedMs }, gaps: NO_GAPS, runs });
  }
  for (const { value, runs, ...gap } of gaps) add(value, { tally: NO_COST, gaps: gap, runs });
  const labels = await labelsOfRuns(
    open.map(({ key }) => key),
    source,
  );
  for (const { key, tally } of open) {
    add(labels.get(runKeyText(key))?.[by] ?? null, { tally, gaps: NO_GAPS, runs: isWorkload(key) ? 0 : 1 });
  }
  return [...groups.values()].sort((a, b) => compareValues(a.value, b.value));
}

/** Orders values by their UTF-8 bytes, null last. */
export function compareValues(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareUtf8(a, b);
}

/** A group as sent, without its name. */
export function groupSent({ tally, gaps, runs }: CostGroup) {
  const cost = costOf(tally, gaps);
  return {
    cost: moneyOf(cost),
    billed: cost === null ? null : moneyOf(tally.billed),
    estimated: cost === null ? null : moneyOf(tally.estimated),
    costComplete: isComplete(tally, gaps),
    unpricedSeconds: tally.unpricedMs / 1000,
    runs,
    heldGpuSeconds: secondsOf(tally.heldGpuSeconds),
  };
}

function openRuns(byRun: ReadonlyMap<string, readonly OpenPiece[]>, window: Interval): OpenRun[] {
  return [...byRun.values()].flatMap((all) => {
    const inside = all.map(({ piece }) => piece).filter((piece) => isInside(piece.period, window));
    const [first] = inside;
    if (!first) return [];
    const { deployment, flow, run } = first.holder!;
    return [{ key: { deployment, flow, run }, tally: tallyPieces(inside) }];
  });
}

const isInside = ({ start }: Interval, window: Interval): boolean => start >= window.start && start < window.end;
