import type { HeldResources } from '../../../exporter/src/facts/attempt';
import type { Host } from '../../../exporter/src/facts/host';
import { capacityOf, gpusHeldOn, weightOf } from '../../../exporter/src/ledger/weigh';
import { bytesFromGibibytes, milliVcpusFromVcpus, nanoGpusFromGpus } from '../../../exporter/src/units/quantity';

const DOLLAR = 1_000_000_000_000n;

const host = (gpus: number, size: { vcpus: number; gib: number } | null = null): Host => ({
  name: 'node-1',
  pool: null,
  provider: null,
  region: null,
  instanceType: null,
  capacityType: null,
  gpus: nanoGpusFromGpus(gpus),
  gpuModel: null,
  vcpus: size && milliVcpusFromVcpus(size.vcpus),
  memory: size && bytesFromGibibytes(size.gib),
  billingResourceId: null,
  from: null,
  to: null,
});

const held = (gpus: number, vcpus: number, gib: number): HeldResources => ({
  gpus: nanoGpusFromGpus(gpus),
  vcpus: milliVcpusFromVcpus(vcpus),
  memory: bytesFromGibibytes(gib),
  source: 'graph_info',
});

describe('on a host with GPUs', () => {
  test('capacity is the GPUs, and a GPU holder weighs its GPUs whatever else it holds', () => {
    expect(capacityOf(host(8))).toBe(8_000_000_000n);
    expect(weightOf(host(8), held(2, 64, 512), 32n * DOLLAR)).toBe(2_000_000_000n);
    expect(weightOf(host(8), held(0.5, 1, 4), null)).toBe(500_000_000n);
  });

  test('an attempt without GPU weighs its vCPUs and memory at reference prices, of the price of the host', () => {
    expect(weightOf(host(8), held(0, 1, 4), 32n * DOLLAR)).toBe(12_139_750n);
    expect(weightOf(host(4), held(0, 1, 4), 12n * DOLLAR)).toBe(16_186_333n);
  });

  test('an attempt without GPU weighs nothing where the price is unknown or 0', () => {
    expect(weightOf(host(8), held(0, 1, 4), null)).toBe(0n);
    expect(weightOf(host(8), held(0, 1, 4), 0n)).toBe(0n);
  });
});

describe('on a host without GPUs', () => {
  const cpuHost = host(0, { vcpus: 8, gib: 32 });

  test('capacity and weights are reference prices in 10⁻⁹ $/h', () => {
    expect(capacityOf(cpuHost)).toBe(388_472_000n);
    expect(weightOf(cpuHost, held(0, 1, 4), null)).toBe(48_559_000n);
  });

  test('GPUs that were asked for count for nothing', () => {
    expect(weightOf(cpuHost, held(2, 1, 4), 1n)).toBe(48_559_000n);
    expect(gpusHeldOn(cpuHost, held(2, 1, 4))).toBe(0n);
    expect(gpusHeldOn(host(4), held(2, 1, 4))).toBe(2_000_000_000n);
  });

  test('an unknown size is no capacity', () => {
    expect(capacityOf(host(0))).toBe(0n);
  });
});
