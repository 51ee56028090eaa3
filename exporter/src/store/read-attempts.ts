import { z } from 'zod';
import type { RunKey } from '../facts/attempt';
import type { Interval } from '../units/interval';
import type { Engine } from './engine';
import { attemptRow } from './rows/attempt-row';
import { bigintCell, numberCell } from './rows/scalars';
import { readByKeys, runKeyParams } from './run-keys';
import { statement } from './sql-file';
import type { HostSpan, LoadId, StepHistoryRow, Store } from './store';

const hostSpanRow = z
  .object({ host: z.string(), first_held: numberCell, last_held: numberCell.nullable() })
  .transform(({ host, first_held, last_held }): HostSpan => ({ host, firstHeld: first_held, lastHeld: last_held }));

const stepHistoryRow = z
  .object({
    run: z.string(),
    variant_id: z.string().nullable(),
    step: z.string(),
    gpu_ms: bigintCell,
    vcpu_ms: bigintCell,
    byte_ms: bigintCell,
    busy_ms: numberCell,
    run_started_at: numberCell,
    run_ended_at: numberCell,
  })
  .transform(({ run, step, ...row }): StepHistoryRow => {
    const [gpuMs, vcpuMs] = [Number(row.gpu_ms) / 1e9, Number(row.vcpu_ms) / 1e3];
    const lived = { runStartedAt: row.run_started_at, runEndedAt: row.run_ended_at };
    const held = { gpuMs, vcpuMs, byteMs: Number(row.byte_ms), busyMs: row.busy_ms };
    return { run, variantId: row.variant_id, step, ...held, ...lived };
  });

type AttemptReads = Pick<Store, 'attemptsOfRuns' | 'attemptsOnHosts' | 'hostSpans' | 'stepHistory'>;

/** Reads of attempts; each sees the latest version up to `asOf`. */
export function attemptReads(engine: Engine): AttemptReads {
  return {
    attemptsOfRuns: (keys: readonly RunKey[], asOf: LoadId) =>
      readByKeys(keys, (params) =>
        engine.reader().query(statement('attempts-of-runs'), attemptRow, { ...params, asOf }),
      ),
    attemptsOnHosts: async (hosts: readonly string[], { start, end }: Interval, asOf: LoadId) =>
      hosts.length === 0
        ? []
        : engine.reader().query(statement('attempts-on-hosts'), attemptRow, { hosts, from: start, to: end, asOf }),
    hostSpans: (asOf: LoadId, without: readonly RunKey[] = []) =>
      engine.reader().query(statement('host-spans'), hostSpanRow, { asOf, ...runKeyParams(without) }),
    stepHistory: ({ deployment, flow }, lastRuns: number, asOf: LoadId) =>
      engine.reader().query(statement('step-history'), stepHistoryRow, { deployment, flow, limit: lastRuns, asOf }),
  };
}
