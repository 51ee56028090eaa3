import type { Host } from '../facts/host';
import type { InstanceType } from '../facts/list-price';
import type { NanoGpus } from '../units/quantity';

/** A host as its owner declares it: what is left out is taken from its instance type. */
export type DeclaredHost = Omit<Host, 'gpus'> & { readonly gpus: NanoGpus | null };

/** Figures that neither the declaration nor the instance type gives and that a cost cannot do without. */
export type MissingFigures = { readonly missing: readonly ('gpus' | 'vcpu' | 'memory_gib')[] };

/**
 * Fills provider, GPUs, GPU model, vCPUs and memory from the host's instance type; what was declared stands.
 * Without a known GPU count, or on a host without GPUs without vCPUs and memory, it says what is missing.
 */
export function hostWithDefaults(declared: DeclaredHost, types: readonly InstanceType[]): Host | MissingFigures {
  const type = types.find(
    ({ provider, name }) =>
      name === declared.instanceType && (declared.provider === null || declared.provider === provider),
  );
  const gpus = declared.gpus ?? type?.gpus ?? null;
  const vcpus = declared.vcpus ?? type?.vcpus ?? null;
  const memory = declared.memory ?? type?.memory ?? null;
  if (gpus === null) return { missing: ['gpus'] };
  const gpuModel = gpus === 0n ? null : (declared.gpuModel ?? type?.gpuModel ?? null);
  const provider = declared.provider ?? type?.provider ?? null;
  const host: Host = { ...declared, provider, gpus, gpuModel, vcpus, memory };
  if (gpus > 0n || (vcpus !== null && memory !== null)) return host;
  const missing = [vcpus === null ? ('vcpu' as const) : null, memory === null ? ('memory_gib' as const) : null];
  return { missing: missing.filter((figure) => figure !== null) };
}
