import { z } from 'zod';
import { gpuSecondsFromNanoGpuMilliseconds, nanoGpuMilliseconds } from '../units/quantity';
import type { Interval } from '../units/interval';
import type { Engine } from './engine';
import { CONFIDENCES } from './rows/attempt-row';
import { amountCell, bigintCell } from './rows/scalars';
import { statement } from './sql-file';
import type { CoverageRow, LoadId, Store, UnmatchedRow } from './store';

const gpuSeconds = bigintCell.transform((time): number => gpuSecondsFromNanoGpuMilliseconds(nanoGpuMilliseconds(time)));
const kindCell = z.enum(['workload', 'unattributed']);

const coverageRow = z
  .object({
    of_kind: kindCell,
    of_confidence: z.enum(CONFIDENCES).nullable(),
    is_workload: z.boolean(),
    with_team: z.boolean(),
    with_project: z.boolean(),
    charge: amountCell,
    held_gpu_time: gpuSeconds,
    observed_gpu_time: gpuSeconds,
  })
  .transform((row): CoverageRow => ({
    kind: row.of_kind,
    confidence: row.of_confidence,
    isWorkload: row.is_workload,
    hasTeam: row.with_team,
    hasProject: row.with_project,
    amount: row.charge,
    heldGpuSeconds: row.held_gpu_time,
    observedGpuSeconds: row.observed_gpu_time,
  }));

const unmatchedRow = z
  .object({
    of_kind: kindCell,
    of_deployment: z.string(),
    of_flow: z.string(),
    of_run: z.string(),
    of_host: z.string(),
    least_confidence: z.enum(CONFIDENCES).nullable(),
    with_team: z.boolean(),
    charge: amountCell,
    held_gpu_time: gpuSeconds,
  })
  .transform(({ of_kind, of_deployment, of_flow, of_run, of_host, ...row }): UnmatchedRow => ({
    kind: of_kind,
    key: of_kind === 'workload' ? { deployment: of_deployment, flow: of_flow, run: of_run } : null,
    host: of_kind === 'unattributed' ? of_host : null,
    confidence: row.least_confidence,
    hasTeam: row.with_team,
    amount: row.charge,
    heldGpuSeconds: row.held_gpu_time,
  }));

/** Reads of what is charged by how surely it is attributed: closed hours whose period starts inside the window. */
export function coverageReads(engine: Engine): Pick<Store, 'coverage' | 'unmatched'> {
  return {
    coverage: ({ start, end }: Interval, asOf: LoadId) =>
      engine.reader().query(statement('coverage'), coverageRow, { from: start, to: end, asOf }),
    unmatched: ({ start, end }: Interval, limit: number, asOf: LoadId) =>
      engine.reader().query(statement('unmatched'), unmatchedRow, {
        from: start,
        to: end,
        limit,
        confidences: CONFIDENCES,
        asOf,
      }),
  };
}
