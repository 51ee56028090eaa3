import type { CoverageItem } from '../../contract/coverage';
import type { CoverageRow } from '../../store/store';
import { sumAmounts } from '../../units/money';
import { approximateRatio } from '../approximate-ratio';
import { isSure } from '../held-shares';
import { moneyOf, secondsOf } from '../wire';

const KNOWN_BY = {
  run: ({ kind, isWorkload }: CoverageRow) => kind === 'workload' && !isWorkload,
  team: ({ hasTeam }: CoverageRow) => hasTeam,
  project: ({ hasProject }: CoverageRow) => hasProject,
  surely: ({ confidence }: CoverageRow) => isSure(confidence),
} as const;

/** How much of what was held or used is known by each key; ratios are for display, amounts are exact. */
export function coverageItems(rows: readonly CoverageRow[]): CoverageItem[] {
  const total = amountOf(rows);
  const totalGpuSeconds = heldOf(rows);
  const byMoney = Object.entries(KNOWN_BY).map(([key, isKnown]): CoverageItem => {
    const known = rows.filter(isKnown);
    const amount = amountOf(known);
    return {
      key: key as keyof typeof KNOWN_BY,
      ratio: approximateRatio(amount, total),
      amount: moneyOf(amount),
      total: moneyOf(total),
      gpuSeconds: secondsOf(heldOf(known)),
      totalGpuSeconds: secondsOf(totalGpuSeconds),
    };
  });
  return [...byMoney, telemetryItem(rows.filter(({ kind }) => kind === 'workload'))];
}

function telemetryItem(held: readonly CoverageRow[]): CoverageItem {
  const gpuSeconds = held.reduce((sum, { observedGpuSeconds }) => sum + observedGpuSeconds, 0);
  const totalGpuSeconds = heldOf(held);
  const ratio = approximateRatio(gpuSeconds, totalGpuSeconds);
  const times = { gpuSeconds: secondsOf(gpuSeconds), totalGpuSeconds: secondsOf(totalGpuSeconds) };
  return { key: 'telemetry', ratio, amount: null, total: null, ...times };
}

const amountOf = (rows: readonly CoverageRow[]): bigint => sumAmounts(rows.map(({ amount }) => amount));
const heldOf = (rows: readonly CoverageRow[]): number =>
  rows.reduce((sum, { heldGpuSeconds }) => sum + heldGpuSeconds, 0);
