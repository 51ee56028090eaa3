/** GPU time that was held, and the parts of it that telemetry tells of, in GPU-seconds. */
export type HeldTime = {
  readonly heldGpuSeconds: number;
  readonly usedGpuSeconds: number;
  readonly workloadIdleGpuSeconds: number;
};

/** The three parts of held time by `state`; they add up to it, and what nothing observed is unobserved. */
export function heldStates(time: HeldTime): readonly (readonly [state: string, gpuSeconds: number])[] {
  const { heldGpuSeconds: held, usedGpuSeconds: used, workloadIdleGpuSeconds: idle } = time;
  return [
    ['used', used],
    ['workload_idle', idle],
    ['unobserved', withoutNoise(held - used - idle)],
  ];
}

/** A difference of floats to a billionth of a second, so that 0 is 0. */
const withoutNoise = (seconds: number): number => Math.round(seconds * 1e9) / 1e9;
