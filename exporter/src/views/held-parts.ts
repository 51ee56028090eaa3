import type { AllocatedCharge } from '../facts/charge';
import { gpuSecondsFromNanoGpuMilliseconds, nanoGpuMilliseconds } from '../units/quantity';

/** The parts of held GPU time in GPU-seconds; they add up to it. */
export type HeldParts = { readonly used: number; readonly workloadIdle: number; readonly unobserved: number };

/** How telemetry divides the GPU time of some pieces, summed exactly; what it does not tell of is unobserved. */
export function heldParts(pieces: readonly AllocatedCharge[]): HeldParts {
  const sum = { held: 0n, used: 0n, workloadIdle: 0n };
  for (const { gpuTime, usage } of pieces) {
    sum.held += gpuTime;
    sum.used += usage?.used ?? 0n;
    sum.workloadIdle += usage?.workloadIdle ?? 0n;
  }
  return {
    used: secondsOf(sum.used),
    workloadIdle: secondsOf(sum.workloadIdle),
    unobserved: secondsOf(sum.held - sum.used - sum.workloadIdle),
  };
}

const secondsOf = (time: bigint): number => gpuSecondsFromNanoGpuMilliseconds(nanoGpuMilliseconds(time));
