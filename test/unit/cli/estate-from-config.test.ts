import { estateFromConfig } from '../../../exporter/src/cli/estate-from-config';
import { loadConfig } from '../../../exporter/src/config';
import type { Estate } from '../../../exporter/src/cycles/estate';
import type { DiscoveredHost } from '../../../exporter/src/facts/host';
import { bytes, milliVcpus } from '../../../exporter/src/units/quantity';
import { aHost } from '../../support/store-facts';

const DAY = Date.UTC(2026, 10, 21);

/** An estate of these declared hosts, in YAML, beside a cluster. */
function estateOf(hosts: string): Estate {
  const feeds = 'feeds: {metaflow: [{name: prod}], kubernetes: [{name: cluster, targets: ["ksm:8080"]}]}';
  const { config } = loadConfig({ text: `${feeds}\nhosts: [${hosts}]\n`, env: {} });
  return estateFromConfig(config!);
}

const node = (facts: Partial<DiscoveredHost> = {}): DiscoveredHost =>
  aHost('n', {
    ...{ feed: 'cluster', instanceType: null, gpuModel: 'NVIDIA V100', billingResourceId: 'i-1', from: DAY, to: null },
    ...facts,
  });

const hostAfter = (estate: Estate, ...seen: readonly DiscoveredHost[]): unknown => {
  for (const one of seen) estate.learn!([one]);
  return estate.hosts.get('n')!.host;
};

describe('A declared host that a feed sees', () => {
  it.each([
    ['takes the model of its node', '{name: n, gpus: 4}', 4n, 'NVIDIA V100'],
    ['keeps the model that was declared', '{name: n, gpus: 4, gpu_model: NVIDIA H100}', 4n, 'NVIDIA H100'],
    ['has no model where it has no GPUs', '{name: n, gpus: 0, vcpu: 8, memory_gib: 32}', 0n, null],
  ])('%s', (_, declared, gpus, gpuModel) => {
    const known = hostAfter(estateOf(declared), node());
    expect(known).toMatchObject({ gpus: gpus * 1_000_000_000n, gpuModel });
  });
});

describe('What an estate learned of a host', () => {
  it.each<[string, Partial<DiscoveredHost>, Partial<DiscoveredHost>]>([
    ['begins no later', { from: DAY + 1 }, { from: DAY }],
    ['begins earlier', { from: DAY - 1 }, { from: DAY - 1 }],
    ['begins no later, without an id', { from: DAY + 1, billingResourceId: null }, { from: DAY }],
    ['keeps its model and zone', { gpuModel: null, region: null }, { gpuModel: 'NVIDIA V100' }],
    ['keeps vCPUs and memory', { vcpus: null, memory: null }, { vcpus: milliVcpus(8000n), memory: bytes(1n) }],
    ['takes what is new', { capacityType: 'spot' }, { capacityType: 'spot' }],
    ['ends', { to: DAY + 9 }, { to: DAY + 9 }],
    ['is what it is now where it is another machine', { from: DAY + 1, billingResourceId: 'i-2' }, { from: DAY + 1 }],
  ])('%s', (_, later, known) => {
    const first = node({ vcpus: milliVcpus(8000n), memory: bytes(1n) });
    expect(hostAfter(estateOf(''), first, { ...first, ...later })).toMatchObject(known);
  });

  it('is back when its node is', () => {
    expect(hostAfter(estateOf(''), node({ to: DAY + 9 }), node())).toMatchObject({ to: null });
  });

  it('is of the feed that saw it, and declared is what the configuration names', () => {
    const estate = estateOf('{name: mine, gpus: 1}');
    estate.learn!([node()]);
    expect([estate.feedOf!('n'), estate.feedOf!('mine'), estate.feedOf!('nobody')]).toEqual(['cluster', null, null]);
    expect([...estate.declared!]).toEqual(['mine']);
  });
});
