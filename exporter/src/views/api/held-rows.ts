import { attemptKeyText, type Confidence, type RunKey, runKeyText } from '../../facts/attempt';
import type { AllocatedCharge } from '../../facts/charge';
import type { Labels } from '../../facts/run';
import { isWorkload } from '../../facts/workload';
import type { CoverageRow, UnmatchedRow } from '../../store/store';
import type { Interval } from '../../units/interval';
import { gpuSecondsFromNanoGpuMilliseconds } from '../../units/quantity';
import type { Source } from './handler';
import { labelsOfRuns } from './labels-of-runs';

const UNMATCHED_ROWS = 5000;

/** What was held or used in a window, by how surely it is known, and what of it is known to nobody. */
export type HeldRows = { readonly known: readonly CoverageRow[]; readonly unmatched: readonly UnmatchedRow[] };

/** What was held or used in a window, in closed charge periods and in open ones; an unmatched holder is one row. */
export async function heldRows(window: Interval, source: Source): Promise<HeldRows> {
  const { state, store } = source;
  const open = openPieces(window, source);
  const [known, unmatched, about] = await Promise.all([
    store.coverage(window, state.asOf),
    store.unmatched(window, UNMATCHED_ROWS, state.asOf),
    holdersOf(open, source),
  ]);
  const openUnmatched = open.flatMap((piece) => unmatchedRow(piece, about));
  return {
    known: [...known, ...open.map((piece) => coverageRow(piece, about))],
    unmatched: merged([...unmatched, ...openUnmatched]),
  };
}

function openPieces(window: Interval, { state }: Source): AllocatedCharge[] {
  return state.open
    .filter(({ origin: { period } }) => period.start >= window.start && period.start < window.end)
    .flatMap(({ pieces }) => pieces.filter(({ kind }) => kind !== 'idle'));
}

/** What is known of the holders of open pieces. */
type Holders = {
  readonly labels: ReadonlyMap<string, Labels>;
  readonly confidences: ReadonlyMap<string, Confidence>;
};

async function holdersOf(open: readonly AllocatedCharge[], source: Source): Promise<Holders> {
  const keys = new Map(open.flatMap(({ holder }) => (holder === null ? [] : [[runKeyText(holder), plainKey(holder)]])));
  const runs = [...keys.values()];
  if (runs.length === 0) return { labels: new Map(), confidences: new Map() };
  const { state, store } = source;
  const [labels, attempts] = await Promise.all([labelsOfRuns(runs, source), store.attemptsOfRuns(runs, state.asOf)]);
  return { labels, confidences: new Map(attempts.map(({ key, confidence }) => [attemptKeyText(key), confidence])) };
}

function coverageRow(piece: AllocatedCharge, holders: Holders): CoverageRow {
  const { kind, holder, amount, gpuTime, usage } = piece;
  const labels = holder === null ? undefined : holders.labels.get(runKeyText(holder));
  const observed = usage === undefined ? 0 : seconds(usage.used) + seconds(usage.workloadIdle);
  return {
    kind: kind === 'workload' ? 'workload' : 'unattributed',
    confidence: holder === null ? null : (holders.confidences.get(attemptKeyText(holder)) ?? 'none'),
    isWorkload: holder !== null && isWorkload(holder),
    hasTeam: (labels?.team ?? null) !== null,
    hasProject: (labels?.project ?? null) !== null,
    amount: amount ?? 0n,
    heldGpuSeconds: seconds(gpuTime),
    observedGpuSeconds: observed,
  };
}

function unmatchedRow(piece: AllocatedCharge, holders: Holders): UnmatchedRow[] {
  const { kind, confidence, hasTeam, amount, heldGpuSeconds } = coverageRow(piece, holders);
  const isKnown = piece.holder !== null && !isWorkload(piece.holder) && hasTeam;
  if (isKnown) return [];
  const key = piece.holder && plainKey(piece.holder);
  const host = key === null ? piece.host : null;
  return [{ kind, key, host, confidence, hasTeam, amount, heldGpuSeconds }];
}

/** One row a run, workload or host, dearest first; the confidence is that of its dearest part. */
function merged(rows: readonly UnmatchedRow[]): UnmatchedRow[] {
  const byHolder = new Map<string, UnmatchedRow>();
  for (const row of [...rows].sort(dearestFirst)) {
    const text = row.key === null ? `host ${row.host}` : runKeyText(row.key);
    const known = byHolder.get(text);
    const amount = row.amount + (known?.amount ?? 0n);
    const heldGpuSeconds = row.heldGpuSeconds + (known?.heldGpuSeconds ?? 0);
    byHolder.set(text, { ...(known ?? row), amount, heldGpuSeconds });
  }
  return [...byHolder.values()].sort(dearestFirst);
}

function dearestFirst(a: UnmatchedRow, b: UnmatchedRow): number {
  if (a.amount !== b.amount) return a.amount > b.amount ? -1 : 1;
  return b.heldGpuSeconds - a.heldGpuSeconds;
}

const plainKey = ({ deployment, flow, run }: RunKey): RunKey => ({ deployment, flow, run });
const seconds = gpuSecondsFromNanoGpuMilliseconds;
