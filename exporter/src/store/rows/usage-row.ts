import { assert } from '../../assert';
import type { AllocatedCharge, GpuUsage } from '../../facts/charge';
import { nanoGpuMilliseconds } from '../../units/quantity';
import type { Row } from '../engine';
import { int128Text, int64Text } from './scalars';

/** Σ over pieces of what was observed of them; `observed` and `metered` count the pieces that have any. */
export type UsageSums = {
  readonly used: bigint;
  readonly workloadIdle: bigint;
  readonly busy: bigint;
  readonly energy: bigint;
  readonly observed: bigint;
  readonly metered: bigint;
};

const UNOBSERVED: UsageSums = { used: 0n, workloadIdle: 0n, busy: 0n, energy: 0n, observed: 0n, metered: 0n };

/** What one piece adds to the sums; energy in whole mJ. @throws InvariantError when more was observed than held. */
export function usageOf({ usage, gpuTime, kind, host, period }: AllocatedCharge): UsageSums {
  if (!usage) return UNOBSERVED;
  const { used, workloadIdle, busy, energyMillijoules } = usage;
  const inside = used >= 0n && workloadIdle >= 0n && busy >= 0n && used + workloadIdle <= gpuTime;
  assert(inside && kind === 'workload', `A piece of ${host} at ${period.start} was observed beyond what it holds.`);
  const energy = energyMillijoules === null ? 0n : BigInt(int64Text(Math.round(energyMillijoules)));
  return { used, workloadIdle, busy, energy, observed: 1n, metered: energyMillijoules === null ? 0n : 1n };
}

/** Σ of many. */
export function sumUsage(parts: readonly UsageSums[]): UsageSums {
  return parts.reduce(
    (sum, part) => ({
      used: sum.used + part.used,
      workloadIdle: sum.workloadIdle + part.workloadIdle,
      busy: sum.busy + part.busy,
      energy: sum.energy + part.energy,
      observed: sum.observed + part.observed,
      metered: sum.metered + part.metered,
    }),
    UNOBSERVED,
  );
}

/** As columns of `allocated_charges`. */
export function usageCells({ used, workloadIdle, busy, energy, observed, metered }: UsageSums): Row {
  return {
    used_gpu_time: int128Text(used),
    workload_idle_gpu_time: int128Text(workloadIdle),
    busy_gpu_time: int128Text(busy),
    energy_mj: int64Text(energy),
    observed: Number(observed),
    metered: Number(metered),
  };
}

/** The net columns of a piece → its usage; nothing where none was observed. */
export function readUsage(row: {
  readonly net_used: bigint;
  readonly net_workload_idle: bigint;
  readonly net_busy: bigint;
  readonly net_energy: number | null;
  readonly net_observed: number;
}): { usage?: GpuUsage } {
  if (row.net_observed === 0) return {};
  return {
    usage: {
      used: nanoGpuMilliseconds(row.net_used),
      workloadIdle: nanoGpuMilliseconds(row.net_workload_idle),
      busy: nanoGpuMilliseconds(row.net_busy),
      energyMillijoules: row.net_energy,
    },
  };
}
