declare const unit: unique symbol;
type Branded<Base, Unit extends string> = Base & { readonly [unit]: Unit };

/** 10⁻⁹ of a GPU; fractional GPUs stay exact. */
export type NanoGpus = Branded<bigint, 'NanoGpus'>;
/** 10⁻³ of a vCPU. */
export type MilliVcpus = Branded<bigint, 'MilliVcpus'>;
/** Bytes. */
export type Bytes = Branded<bigint, 'Bytes'>;
/** 10⁻⁹ GPU × milliseconds: held or idle GPU time, exact. */
export type NanoGpuMilliseconds = Branded<bigint, 'NanoGpuMilliseconds'>;
/** Seconds as a float; for the wire and for gauges alone. */
export type Seconds = Branded<number, 'Seconds'>;

/** 10⁹. */
export const NANO = 1_000_000_000n;
/** Bytes of a MiB. */
export const BYTES_PER_MIB = 1_048_576n;
/** Bytes of a GiB. */
export const BYTES_PER_GIB = 1_073_741_824n;

/** A count of 10⁻⁹ GPUs. */
export const nanoGpus = (count: bigint): NanoGpus => count as NanoGpus;
/** A count of 10⁻³ vCPUs. */
export const milliVcpus = (count: bigint): MilliVcpus => count as MilliVcpus;
/** A count of bytes. */
export const bytes = (count: bigint): Bytes => count as Bytes;
/** A count of 10⁻⁹ GPU × ms. */
export const nanoGpuMilliseconds = (count: bigint): NanoGpuMilliseconds => count as NanoGpuMilliseconds;

/** Whole GPUs as nano-GPUs. */
export const nanoGpusFromGpus = (gpus: number): NanoGpus => nanoGpus(BigInt(Math.round(gpus * 1e9)));
/** vCPUs as milli-vCPUs; anything finer than 10⁻³ rounds. */
export const milliVcpusFromVcpus = (vcpus: number): MilliVcpus => milliVcpus(BigInt(Math.round(vcpus * 1000)));
/** MiB (Metaflow's `memory`, which it calls MB) as bytes. */
export const bytesFromMebibytes = (mebibytes: number): Bytes => bytes(BigInt(Math.round(mebibytes * 1_048_576)));
/** GiB as bytes. */
export const bytesFromGibibytes = (gibibytes: number): Bytes => bytes(BigInt(Math.round(gibibytes * 1_073_741_824)));
/** Nano-GPUs as GPUs; approximate. */
export const gpusFromNanoGpus = (count: NanoGpus): number => Number(count) / 1e9;
/** Nano-GPU-milliseconds as GPU-seconds; approximate, for the wire. */
export const gpuSecondsFromNanoGpuMilliseconds = (count: NanoGpuMilliseconds): Seconds =>
  (Number(count) / 1e12) as Seconds;
/** Milliseconds as seconds. */
export const secondsFromMilliseconds = (milliseconds: number): Seconds => (milliseconds / 1000) as Seconds;
