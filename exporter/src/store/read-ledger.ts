import { z } from 'zod';
import type { RunKey } from '../facts/attempt';
import type { Interval } from '../units/interval';
import { gpuSecondsFromNanoGpuMilliseconds, nanoGpuMilliseconds } from '../units/quantity';
import type { Engine } from './engine';
import { allocatedChargeRow, hostPeriodRow } from './rows/charge-row';
import { amountCell, bigintCell, numberCell } from './rows/scalars';
import { readByKeys, runKeyParams } from './run-keys';
import { statement } from './sql-file';
import type { ClosedCost, GapRow, HostPeriodRow, LoadId, RollupRow, Store } from './store';

const closedHourRow = z
  .object({ hour_start: numberCell, pricing: z.string() })
  .transform(({ hour_start, pricing }) => ({ hour: hour_start, pricingHash: pricing }));

const closedUntilRow = z.object({ host: z.string(), closed_until: numberCell });

const gpuSeconds = bigintCell.transform((time): number => gpuSecondsFromNanoGpuMilliseconds(nanoGpuMilliseconds(time)));

const closedCostRow = z
  .object({
    deployment: z.string(),
    flow: z.string(),
    run: z.string(),
    estimated: amountCell,
    billed: amountCell,
    priced_ms: numberCell,
    unpriced_ms: numberCell,
    held_gpu_time: gpuSeconds,
    used_gpu_time: gpuSeconds,
    workload_idle_gpu_time: gpuSeconds,
    energy_mj: numberCell.nullable(),
  })
  .transform(({ deployment, flow, run, estimated, billed, ...row }): ClosedCost => {
    const energyJoules = row.energy_mj === null ? null : row.energy_mj / 1000;
    const usage = { usedGpuSeconds: row.used_gpu_time, workloadIdleGpuSeconds: row.workload_idle_gpu_time };
    const times = { pricedMs: row.priced_ms, unpricedMs: row.unpriced_ms, heldGpuSeconds: row.held_gpu_time };
    return { key: { deployment, flow, run }, estimated, billed, ...times, ...usage, energyJoules };
  });

const rollupRow = z
  .object({
    deployment: z.string(),
    flow: z.string(),
    value: z.string().nullable(),
    estimated: amountCell,
    billed: amountCell,
    held_gpu_time: gpuSeconds,
    unpriced_ms: numberCell,
    run_count: numberCell,
  })
  .transform(({ held_gpu_time, unpriced_ms, run_count, ...row }): RollupRow => {
    return { ...row, heldGpuSeconds: held_gpu_time, unpricedMs: unpriced_ms, runs: run_count };
  });

const gapRow = z
  .object({
    value: z.string().nullable(),
    uncharged_attempts: numberCell,
    lost_attempts: numberCell,
    run_count: numberCell,
  })
  .transform(({ value, uncharged_attempts, lost_attempts, run_count }): GapRow => {
    return { value, unchargedAttempts: uncharged_attempts, lostAttempts: lost_attempts, runs: run_count };
  });

const gpuTimeRow = z
  .object({
    kind: z.string(),
    cause: z.string().nullable(),
    team: z.string().nullable(),
    host: z.string(),
    net_gpu_time: gpuSeconds,
    net_used: gpuSeconds,
    net_workload_idle: gpuSeconds,
  })
  .transform(({ net_gpu_time, net_used, net_workload_idle, ...row }) => ({
    ...row,
    gpuSeconds: net_gpu_time,
    usedGpuSeconds: net_used,
    workloadIdleGpuSeconds: net_workload_idle,
  }));

type LedgerReads = Pick<
  Store,
  | 'closedHours'
  | 'closedUntil'
  | 'closedCosts'
  | 'piecesOfRun'
  | 'hostPeriods'
  | 'piecesOfPeriod'
  | 'rollup'
  | 'rollupGaps'
  | 'gpuTime'
>;

/** Reads of the ledger: net sums of everything up to `asOf`, so reversals and their originals cancel. */
export function ledgerReads(engine: Engine): LedgerReads {
  return {
    closedHours: (host: string, { start, end }: Interval, asOf: LoadId) =>
      engine.reader().query(statement('closed-hours'), closedHourRow, { host, from: start, to: end, asOf }),
    async closedUntil(asOf: LoadId) {
      const rows = await engine.reader().query(statement('closed-until'), closedUntilRow, { asOf });
      return new Map(rows.map(({ host, closed_until }) => [host, closed_until]));
    },
    closedCosts: (keys: readonly RunKey[], asOf: LoadId) =>
      readByKeys(keys, (params) =>
        engine.reader().query(statement('closed-costs'), closedCostRow, { ...params, asOf }),
      ),
    piecesOfRun: ({ deployment, flow, run }: RunKey, asOf: LoadId) =>
      engine.reader().query(statement('pieces-of-run'), allocatedChargeRow, { deployment, flow, run, asOf }),
    piecesOfPeriod: (host: string, { start, end }: Interval, asOf: LoadId) =>
      engine.reader().query(statement('pieces-of-period'), allocatedChargeRow, { host, from: start, to: end, asOf }),
    hostPeriods: (query, asOf: LoadId) => hostPeriods(engine, query, asOf),
    rollup: ({ by, window: { start, end }, uncounted = [] }, asOf: LoadId) =>
      engine.reader().query(statement('rollup'), rollupRow, {
        by,
        from: start,
        to: end,
        asOf,
        ...runKeyParams(uncounted),
      }),
    rollupGaps: ({ by, window: { start, end }, uncounted = [] }, asOf: LoadId) =>
      engine.reader().query(statement('rollup-gaps'), gapRow, {
        by,
        from: start,
        to: end,
        asOf,
        ...runKeyParams(uncounted),
      }),
    gpuTime: (asOf: LoadId) => engine.reader().query(statement('gpu-time'), gpuTimeRow, { asOf }),
  };
}

type HostPeriodQuery = Parameters<Store['hostPeriods']>[0];

async function hostPeriods(engine: Engine, query: HostPeriodQuery, asOf: LoadId): Promise<HostPeriodRow[]> {
  const { hosts, from, to, limit, after } = query;
  if (hosts?.length === 0) return [];
  const params = {
    hosts: hosts ?? [],
    from,
    to,
    limit,
    afterStart: after?.start ?? null,
    afterHost: after?.host ?? '',
    asOf,
  };
  const rows = await engine.reader().query(statement('host-periods'), hostPeriodRow, params);
  return rows.map(({ origin, workload, unattributed, idle, workloadGpuTime }) => {
    const priced = origin.amount !== null;
    return {
      origin,
      workload: priced ? workload : null,
      unattributed: priced ? unattributed : null,
      idle: idle.map(({ cause, amount, gpuTime }) => {
        const seconds = gpuSecondsFromNanoGpuMilliseconds(nanoGpuMilliseconds(gpuTime));
        return { cause, amount: priced ? amount : null, gpuSeconds: seconds };
      }),
      heldGpuSeconds: gpuSecondsFromNanoGpuMilliseconds(nanoGpuMilliseconds(workloadGpuTime)),
    };
  });
}
