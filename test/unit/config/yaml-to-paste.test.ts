import { loadConfig, printFault } from '../../../exporter/src/config';
import { PRICE_PLACEHOLDER, yamlToPaste } from '../../../exporter/src/config/yaml-to-paste';
import type { Host } from '../../../exporter/src/facts/host';
import { bytes, milliVcpus, nanoGpus } from '../../../exporter/src/units/quantity';

const MACHINE: Host = {
  name: 'workstation',
  pool: null,
  provider: null,
  region: null,
  instanceType: null,
  capacityType: null,
  gpus: nanoGpus(2_000_000_000n),
  gpuModel: 'NVIDIA "A100": 80G',
  vcpus: milliVcpus(16_000n),
  memory: bytes(67_645_734_912n),
  billingResourceId: null,
  from: null,
  to: null,
};

describe('the YAML to paste for an unpriced host', () => {
  test('declares the host with what is known of it, and a card that wants a price', () => {
    expect(yamlToPaste('workstation', MACHINE)).toBe(`hosts:
  - name: workstation
    gpus: 2
    gpu_model: 'NVIDIA "A100": 80G'
    vcpu: 16
    memory_gib: 63
rate_cards:
  - name: workstation price
    applies_to:
      host: workstation
    price_per_hour: <price> # what the whole host costs an hour, e.g. 32 (or price_per_gpu_hour, or capex and months)
`);
  });

  test('leaves the host out where the configuration declares it', () => {
    expect(yamlToPaste('workstation', MACHINE, { isDeclared: true })).toMatch(/^rate_cards:\n/);
  });

  test('is refused at the price alone until the price is filled in, and then valid', () => {
    const snippet = yamlToPaste('a: b', MACHINE);
    expect(loadConfig({ text: snippet, env: {} }).faults.map(printFault)).toEqual([
      'configuration:11:21: rate_cards[0].price_per_hour: "<price>" is not a plain decimal number. ' +
        'Write digits with a point at most, e.g. 120000 or 0.08.',
    ]);
    const { config, faults } = loadConfig({ text: snippet.replace(PRICE_PLACEHOLDER, '32'), env: {} });
    expect(faults).toEqual([]);
    expect(config?.hosts).toEqual([{ ...MACHINE, name: 'a: b' }]);
  });

  test('of a host without GPUs is valid too', () => {
    const host = { ...MACHINE, gpus: nanoGpus(0n), gpuModel: null };
    const { faults } = loadConfig({ text: yamlToPaste('cpu', host).replace(PRICE_PLACEHOLDER, '0.5'), env: {} });
    expect(faults).toEqual([]);
  });
});
