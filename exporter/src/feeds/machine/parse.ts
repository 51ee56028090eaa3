import type { Host } from '../../facts/host';
import { bytes, milliVcpusFromVcpus, nanoGpusFromGpus } from '../../units/quantity';
import type { MachineReading } from './read';

const GPU_LINE = /^GPU \d+: (.+?) \(UUID: GPU-[0-9a-f-]+\)/;

/** This machine as a host; GPUs only where `nvidia-smi -L` lists them, a model only where all are alike. */
export function parseMachine({ name, vcpus, memoryBytes, gpuList }: MachineReading): Host {
  const models = (gpuList ?? '')
    .split('\n')
    .map((line) => GPU_LINE.exec(line)?.[1])
    .filter((model) => model !== undefined);
  const alike = new Set(models).size === 1;
  return {
    name,
    pool: null,
    provider: null,
    region: null,
    instanceType: null,
    capacityType: null,
    gpus: nanoGpusFromGpus(models.length),
    gpuModel: alike ? models[0]! : null,
    vcpus: milliVcpusFromVcpus(vcpus),
    memory: bytes(BigInt(memoryBytes)),
    billingResourceId: null,
    from: null,
    to: null,
  };
}
