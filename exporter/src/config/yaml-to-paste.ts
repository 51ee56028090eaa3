import { stringify } from 'yaml';
import type { Host } from '../facts/host';
import { printDecimal } from '../units/decimal';

/** What stands where only the user knows the number; a configuration that still has it is refused. */
export const PRICE_PLACEHOLDER = '<price>';

/**
 * The YAML that gives an unpriced host its price: the host (unless the configuration declares it already)
 * and a rate card of its own, whose price the user fills in.
 */
export function yamlToPaste(hostName: string, host: Host, options: { readonly isDeclared?: boolean } = {}): string {
  const card = stringify({
    rate_cards: [{ name: `${hostName} price`, applies_to: { host: hostName }, price_per_hour: PRICE_PLACEHOLDER }],
  });
  const priced = card.replace(
    PRICE_PLACEHOLDER,
    `${PRICE_PLACEHOLDER} # what the whole host costs an hour, e.g. 32 (or price_per_gpu_hour, or capex and months)`,
  );
  return options.isDeclared ? priced : stringify({ hosts: [declarationOf(hostName, host)] }) + priced;
}

/** The host as it is declared under `hosts`; what is not known is left out. */
function declarationOf(hostName: string, host: Host): { readonly [key: string]: unknown } {
  const declared = {
    name: hostName,
    pool: host.pool,
    provider: host.provider,
    region: host.region,
    instance_type: host.instanceType,
    capacity_type: host.capacityType,
    gpus: numberOf(host.gpus, 9),
    gpu_model: host.gpuModel,
    vcpu: host.vcpus === null ? null : numberOf(host.vcpus, 3),
    memory_gib: host.memory === null ? null : gibibytesOf(host.memory),
  };
  return Object.fromEntries(Object.entries(declared).filter(([, value]) => value !== null));
}

function numberOf(digits: bigint, scale: number): number {
  return Number(printDecimal({ digits, scale }));
}

function gibibytesOf(bytes: bigint): number {
  return Math.round((Number(bytes) / 1_073_741_824) * 1000) / 1000;
}
