import { printAmount } from '../units/money-text';
import { KUBE_STATE } from './kube-state';
import { CLUSTER, DEPLOYMENT } from './truth';
import type { Plan, SimulatedHost } from './world-facts';

/** Where a simulated cluster answers, how often it is asked, and which of its nodes have a dcgm-exporter to ask. */
export type EstateAddress = {
  readonly url: string;
  readonly interval: string;
  readonly asked: readonly SimulatedHost[];
};

/** The feeds of a simulated cluster, as the sections of a configuration document. */
export function feedSettings({ url, interval, asked }: EstateAddress): {
  readonly metaflow: readonly object[];
  readonly kubernetes: readonly object[];
  readonly dcgm: readonly object[];
} {
  const metricsOf = (target: string): string => `${url}/targets/${target}/metrics`;
  return {
    metaflow: [{ name: DEPLOYMENT, deployment: DEPLOYMENT, type: 'ui', url: `${url}/ui`, poll: interval }],
    kubernetes: [
      {
        name: CLUSTER,
        type: 'kube-state-metrics',
        deployment: DEPLOYMENT,
        targets: [metricsOf(KUBE_STATE)],
        interval,
      },
    ],
    dcgm: [
      { name: 'generated-gpus', targets: asked.map(({ name }) => ({ url: metricsOf(name), host: name })), interval },
    ],
  };
}

/** The nodes with their dates and their rate cards, as the sections of a configuration document. */
export function estateSettings({ hosts }: Plan): { readonly hosts: object[]; readonly rate_cards: object[] } {
  return { hosts: hosts.map(hostSettings), rate_cards: hosts.map(cardSettings) };
}

function hostSettings(host: SimulatedHost): object {
  return {
    name: host.name,
    pool: host.capacityType === 'spot' ? 'generated-spot' : 'generated',
    provider: 'aws',
    region: host.region,
    instance_type: host.instanceType,
    capacity_type: host.capacityType,
    gpus: host.gpuUuids.length,
    vcpu: host.vcpus,
    memory_gib: host.memoryGib,
    billing_resource_id: host.instanceId,
    from: new Date(host.from).toISOString(),
    ...(host.to === null ? {} : { to: new Date(host.to).toISOString() }),
  };
}

const cardSettings = ({ name, pricePerHour }: SimulatedHost): object => ({
  name: `generated-${name}`,
  applies_to: { host: name },
  price_per_hour: printAmount(pricePerHour),
});
