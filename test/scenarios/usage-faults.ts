import type { AllocatedCharge, ChargePeriod } from '../../exporter/src/facts/charge';
import type { Scenario, UsageLine } from './parse-scenario';

/** What is wrong with `expect used`, `expect energy` and their like: one sentence each. */
export function usageFaults({ usage }: Scenario, periods: readonly ChargePeriod[]): string[] {
  const pieces = periods.flatMap((period) => period.pieces).filter(({ holder }) => holder);
  return usage.flatMap((line) => {
    const meant = pieces.filter((piece) => isMeant(line, piece));
    const amounts = meant.map((piece) => amountOf(line.what, piece)).filter((amount) => amount !== null);
    const amount = amounts.length === 0 ? null : amounts.reduce((sum, part) => sum + part, 0n);
    if (meant.length > 0 && amount === line.amount) return [];
    const found = meant.length === 0 ? 'there is no such attempt' : `the ledger says ${amount ?? 'unknown'}`;
    return [`${line.file}:${line.line}: Expected ${line.what} ${line.amount ?? 'unknown'}, ${found}.`];
  });
}

function isMeant({ path, number, on, start, end }: UsageLine, { holder, host, period }: AllocatedCharge): boolean {
  const { flow, run, step, task, attempt } = holder!;
  return (
    path.every((name, place) => name === [flow, run, step, task][place]) &&
    (number === null || number === attempt) &&
    (on === null || on === host) &&
    (start === null || start <= period.start) &&
    (end === null || period.end <= end)
  );
}

/** 10⁻⁹ GPU × ms, or mJ. */
function amountOf(what: UsageLine['what'], { usage, gpuTime }: AllocatedCharge): bigint | null {
  const { used = 0n, workloadIdle = 0n, busy = 0n, energyMillijoules = null } = usage ?? {};
  const energy = energyMillijoules === null ? null : BigInt(energyMillijoules);
  const unobserved = gpuTime - used - workloadIdle;
  return { held: gpuTime, used, workload_idle: workloadIdle, unobserved, busy, energy }[what];
}
