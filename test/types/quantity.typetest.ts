import {
  type Bytes,
  bytesFromGibibytes,
  gpuSecondsFromNanoGpuMilliseconds,
  gpusFromNanoGpus,
  type MilliVcpus,
  milliVcpusFromVcpus,
  type NanoGpus,
  nanoGpus,
  nanoGpusFromGpus,
  type Seconds,
  secondsFromMilliseconds,
} from '../../exporter/src/units/quantity';

/** What must not compile of quantities; the compiler runs this, nobody else. */
export function quantitiesInForeignUnits(): readonly unknown[] {
  const gpus: NanoGpus = nanoGpusFromGpus(8);
  const memory: Bytes = bytesFromGibibytes(4);
  const vcpus: MilliVcpus = milliVcpusFromVcpus(1);
  const seconds: Seconds = secondsFromMilliseconds(1000);
  return [
    // @ts-expect-error GPUs are no bytes
    ((wanted: Bytes) => wanted)(gpus),
    // @ts-expect-error bytes are no GPUs
    gpusFromNanoGpus(memory),
    // @ts-expect-error vCPUs are no GPUs
    ((wanted: NanoGpus) => wanted)(vcpus),
    // @ts-expect-error GPUs are no GPU time
    gpuSecondsFromNanoGpuMilliseconds(gpus),
    // @ts-expect-error a bare count has no unit
    ((wanted: NanoGpus) => wanted)(8n),
    // @ts-expect-error milliseconds are no seconds
    ((wanted: Seconds) => wanted)(1000),
    // @ts-expect-error a sum of two units has none
    ((wanted: NanoGpus) => wanted)(gpus + memory),
    // @ts-expect-error a float is no count
    nanoGpus(0.5),
    seconds,
  ];
}
