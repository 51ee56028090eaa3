import * as quantity from '../../../exporter/src/units/quantity';

describe('quantities in their units', () => {
  test('GPUs count in 10⁻⁹', () => {
    expect(quantity.nanoGpusFromGpus(8)).toBe(8_000_000_000n);
    expect(quantity.nanoGpusFromGpus(1 / 7)).toBe(142_857_143n);
    expect(quantity.gpusFromNanoGpus(quantity.nanoGpus(500_000_000n))).toBe(0.5);
    expect(quantity.NANO).toBe(1_000_000_000n);
  });

  test('vCPUs count in 10⁻³', () => {
    expect(quantity.milliVcpusFromVcpus(0.25)).toBe(250n);
    expect(quantity.milliVcpus(1000n)).toBe(quantity.milliVcpusFromVcpus(1));
  });

  test('memory counts in bytes', () => {
    expect(quantity.bytesFromMebibytes(4096)).toBe(quantity.bytesFromGibibytes(4));
    expect(quantity.bytesFromGibibytes(4)).toBe(4n * quantity.BYTES_PER_GIB);
    expect(quantity.bytes(quantity.BYTES_PER_MIB)).toBe(quantity.bytesFromMebibytes(1));
  });

  test('GPU time counts in 10⁻⁹ GPU × ms and is shown in GPU-seconds', () => {
    const twoGpusForAnHour = quantity.nanoGpuMilliseconds(2_000_000_000n * 3_600_000n);
    expect(quantity.gpuSecondsFromNanoGpuMilliseconds(twoGpusForAnHour)).toBe(7200);
    expect(quantity.secondsFromMilliseconds(1500)).toBe(1.5);
  });
});
