import { readBuiltInPrices } from '../../../exporter/src/feeds/prices/read';
import { type DeclaredHost, hostWithDefaults } from '../../../exporter/src/ledger/price-ladder-host';
import { bytes, milliVcpus, nanoGpus } from '../../../exporter/src/units/quantity';

const { instanceTypes } = readBuiltInPrices();
const GIB = 1_073_741_824n;
const BARE: DeclaredHost = {
  name: 'h',
  pool: null,
  provider: null,
  region: null,
  instanceType: null,
  capacityType: null,
  gpus: null,
  gpuModel: null,
  vcpus: null,
  memory: null,
  billingResourceId: null,
  from: null,
  to: null,
};
const gpus = (count: bigint) => nanoGpus(count * 1_000_000_000n);

describe('a host takes from its instance type what it does not declare', () => {
  // prettier-ignore
  test.each([
    // declared                                            provider  GPUs  model          vCPUs     memory
    [{ instanceType: 'p3.8xlarge' },                       'aws',    4n,   'NVIDIA V100', null,     null],
    [{ instanceType: 'g5.xlarge' },                        'aws',    1n,   'NVIDIA A10G', 4000n,    16n * GIB],
    [{ instanceType: 'm5.large' },                         'aws',    0n,   null,          2000n,    8n * GIB],
    [{ instanceType: 'Standard_NC24s_v3' },                'azure',  4n,   'NVIDIA V100', 24_000n,  448n * GIB],
    [{ instanceType: 'a2-megagpu-16g', provider: 'gcp' },  'gcp',    16n,  'NVIDIA A100', 96_000n,  1360n * GIB],
    [{ instanceType: 'g5.xlarge', gpus: gpus(2n) },        'aws',    2n,   'NVIDIA A10G', 4000n,    16n * GIB],
    [{ instanceType: 'g5.xlarge', gpuModel: 'A10G' },      'aws',    1n,   'A10G',        4000n,    16n * GIB],
    [{ gpus: gpus(8n) },                                   null,     8n,   null,          null,     null],
    [{ gpus: gpus(0n), vcpus: milliVcpus(1n), memory: bytes(1n) }, null, 0n, null,        1n,       1n],
    [{ gpus: gpus(0n), gpuModel: 'H100', vcpus: milliVcpus(1n), memory: bytes(1n) }, null, 0n, null, 1n, 1n],
  ])('%#.', (declared, provider, count, gpuModel, vcpus, memory) => {
    expect(hostWithDefaults({ ...BARE, ...declared }, instanceTypes)).toEqual({
      ...BARE,
      ...declared,
      provider,
      gpus: gpus(count),
      gpuModel,
      vcpus,
      memory,
    });
  });

  // prettier-ignore
  test.each([
    // declared                                                     missing
    [{},                                                            ['gpus']],
    [{ instanceType: 'p9.large' },                                  ['gpus']],
    [{ instanceType: 'g6f.large' },                                 ['gpus']],
    [{ instanceType: 'g5.xlarge', provider: 'gcp' },                ['gpus']],
    [{ gpus: gpus(0n) },                                            ['vcpu', 'memory_gib']],
    [{ gpus: gpus(0n), vcpus: milliVcpus(4000n) },                  ['memory_gib']],
    [{ gpus: gpus(0n), memory: bytes(GIB) },                        ['vcpu']],
  ])('says what nobody knows: %#.', (declared, missing) => {
    expect(hostWithDefaults({ ...BARE, ...declared }, instanceTypes)).toEqual({ missing });
  });
});
