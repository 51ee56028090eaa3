import { z } from 'zod';
import { type AllocatedCharge, IDLE_CAUSES, type ChargeKind, type OriginCharge } from '../../facts/charge';
import type { Rung } from '../../facts/price';
import { nanoGpuMilliseconds } from '../../units/quantity';
import { amountCell, bigintCell, numberCell } from './scalars';
import { readUsage } from './usage-row';

const RUNGS = [
  'billed',
  'rate_card',
  'override',
  'spot',
  'learned',
  'list',
  'unpriced',
] as const satisfies readonly Rung[];
const KINDS = ['workload', 'idle', 'unattributed'] as const satisfies readonly ChargeKind[];

/** One net row of `allocated_charges` → the fact. */
export const allocatedChargeRow = z
  .object({
    host: z.string(),
    period_start: numberCell,
    period_end: numberCell,
    kind: z.enum(KINDS),
    cause: z.enum(IDLE_CAUSES).nullable(),
    deployment: z.string(),
    flow: z.string(),
    run: z.string(),
    step: z.string(),
    task: z.string(),
    attempt: z.number().int(),
    net_amount: amountCell.nullable(),
    net_weight: bigintCell,
    net_held_ms: numberCell,
    held_start: numberCell,
    held_end: numberCell,
    net_gpu_time: bigintCell,
    net_used: bigintCell,
    net_workload_idle: bigintCell,
    net_busy: bigintCell,
    net_energy: numberCell.nullable(),
    net_observed: numberCell,
  })
  .transform(({ host, kind, cause, deployment, flow, run, step, task, attempt, ...row }): AllocatedCharge => ({
    host,
    period: { start: row.period_start, end: row.period_end },
    kind,
    cause,
    holder: kind === 'workload' ? { deployment, flow, run, step, task, attempt } : null,
    amount: row.net_amount,
    weight: row.net_weight,
    heldMs: row.net_held_ms,
    held: { start: row.held_start, end: row.held_end },
    gpuTime: nanoGpuMilliseconds(row.net_gpu_time),
    ...readUsage(row),
  }));

const causeCells = z.tuple([z.enum(IDLE_CAUSES), amountCell, bigintCell]);

/** One net row of `origin_charges` with the sums of its pieces. */
export const hostPeriodRow = z
  .object({
    host: z.string(),
    period_start: numberCell,
    period_end: numberCell,
    net_amount: amountCell.nullable(),
    per_hour: amountCell.nullable(),
    rung: z.enum(RUNGS),
    rate_card: z.string().nullable(),
    explanation: z.string(),
    split_policy: z.string(),
    net_capacity_weight: bigintCell,
    net_gpu_time: bigintCell,
    net_workload_amount: amountCell,
    net_workload_gpu_time: bigintCell,
    net_unattributed_amount: amountCell,
    idle: z.array(causeCells),
  })
  .transform((row) => ({
    origin: originOf(row),
    workload: row.net_workload_amount,
    workloadGpuTime: row.net_workload_gpu_time,
    unattributed: row.net_unattributed_amount,
    idle: row.idle.map(([cause, amount, gpuTime]) => ({ cause, amount, gpuTime })),
  }));

type OriginCells = {
  readonly host: string;
  readonly period_start: number;
  readonly period_end: number;
  readonly net_amount: bigint | null;
  readonly per_hour: bigint | null;
  readonly rung: Rung;
  readonly rate_card: string | null;
  readonly explanation: string;
  readonly split_policy: string;
  readonly net_capacity_weight: bigint;
  readonly net_gpu_time: bigint;
};

const originOf = (row: OriginCells): OriginCharge => ({
  host: row.host,
  period: { start: row.period_start, end: row.period_end },
  amount: row.net_amount,
  perHour: row.per_hour,
  rung: row.rung,
  rateCard: row.rate_card,
  explanation: row.explanation,
  capacityWeight: row.net_capacity_weight,
  gpuTime: nanoGpuMilliseconds(row.net_gpu_time),
  splitPolicy: row.split_policy,
});
