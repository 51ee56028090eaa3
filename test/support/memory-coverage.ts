import { type Attempt, attemptKeyText, type Confidence, runKeyText } from '../../exporter/src/facts/attempt';
import type { AllocatedCharge } from '../../exporter/src/facts/charge';
import type { Run } from '../../exporter/src/facts/run';
import { isWorkload } from '../../exporter/src/facts/workload';
import type { CoverageRow, UnmatchedRow } from '../../exporter/src/store/store';
import { compareUtf8 } from '../../exporter/src/units/utf8-order';

const SUREST_FIRST: readonly Confidence[] = ['exact', 'strong', 'shared', 'estimated', 'declared', 'none'];

/** A charged piece with what is known of its attempt and its run. */
export type AttributedPiece = Omit<CoverageRow, 'observedGpuSeconds'> & {
  readonly observedGpuSeconds: number;
  readonly key: UnmatchedRow['key'];
  readonly host: string | null;
};

/** Pieces of workload and unattributed use, each with its confidence and what its run is labelled. */
export function attributedPieces(
  pieces: readonly AllocatedCharge[],
  runs: readonly Run[],
  attempts: readonly Attempt[],
): AttributedPiece[] {
  const labels = new Map(runs.map((run) => [runKeyText(run.key), run.labels]));
  const told = new Map(attempts.map(({ key, confidence }) => [attemptKeyText(key), confidence]));
  return pieces.flatMap(({ kind, holder, host, amount, gpuTime, usage }) => {
    if (kind === 'idle') return [];
    const own = holder && labels.get(runKeyText(holder));
    return {
      kind,
      confidence: holder && (told.get(attemptKeyText(holder)) ?? 'none'),
      isWorkload: holder !== null && isWorkload(holder),
      hasTeam: own ? own.team !== null : false,
      hasProject: own ? own.project !== null : false,
      amount: amount ?? 0n,
      heldGpuSeconds: Number(gpuTime) / 1e12,
      observedGpuSeconds: Number((usage?.used ?? 0n) + (usage?.workloadIdle ?? 0n)) / 1e12,
      key: holder && { deployment: holder.deployment, flow: holder.flow, run: holder.run },
      host: holder ? null : host,
    };
  });
}

/** Σ by everything that says how surely a piece is attributed. */
export function coverageRows(pieces: readonly AttributedPiece[]): CoverageRow[] {
  return sumBy(pieces, ({ kind, confidence, isWorkload: isOther, hasTeam, hasProject }) => {
    return [kind, confidence, isOther, hasTeam, hasProject];
  }).map(({ key: _key, host: _host, ...row }) => row);
}

/** Σ by holder of what belongs to no run or to no team, the largest first. */
export function unmatchedRows(pieces: readonly AttributedPiece[]): UnmatchedRow[] {
  const unknown = pieces.filter(({ hasTeam, isWorkload: isOther }) => isOther || !hasTeam);
  const rows = sumBy(unknown, ({ kind, key, host }) => [kind, key, host]);
  const sorted = rows.sort((a, b) => {
    const byAmount = a.amount === b.amount ? b.heldGpuSeconds - a.heldGpuSeconds : a.amount < b.amount ? 1 : -1;
    return byAmount || compareUtf8(nameOf(a), nameOf(b));
  });
  return sorted.map(({ kind, key, host, confidence, hasTeam, amount, heldGpuSeconds }) => {
    return { kind, key, host, confidence, hasTeam, amount, heldGpuSeconds };
  });
}

const nameOf = ({ key, host }: AttributedPiece): string => (key ? runKeyText(key) : (host ?? ''));

function sumBy(pieces: readonly AttributedPiece[], groupOf: (piece: AttributedPiece) => unknown): AttributedPiece[] {
  const groups = new Map<string, AttributedPiece>();
  for (const piece of pieces) {
    const text = JSON.stringify(groupOf(piece));
    const known = groups.get(text);
    if (!known) {
      groups.set(text, piece);
      continue;
    }
    groups.set(text, {
      ...piece,
      confidence: leastSure(known.confidence, piece.confidence),
      amount: known.amount + piece.amount,
      heldGpuSeconds: known.heldGpuSeconds + piece.heldGpuSeconds,
      observedGpuSeconds: known.observedGpuSeconds + piece.observedGpuSeconds,
    });
  }
  return [...groups.values()];
}

function leastSure(a: Confidence | null, b: Confidence | null): Confidence | null {
  if (a === null || b === null) return null;
  return SUREST_FIRST[Math.max(SUREST_FIRST.indexOf(a), SUREST_FIRST.indexOf(b))]!;
}
