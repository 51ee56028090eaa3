import type { Host } from '../facts/host';
import type { ActiveHolding } from './holding';
import { gpusHeldOn } from './weigh';

/** A capacity of a host, as it is called under `hosts`. */
export type Capacity = 'gpus' | 'vcpus' | 'memory';

/**
 * Of which capacities the holders ask together for more than the host has. What a host has and nobody knows is not
 * exceeded; GPUs on a host that has none are misplaced, not too many. A task without GPUs may weigh more than the GPUs
 * beside it leave: that is shared out by weight, and nobody asked for too much.
 */
export function overRequestedOf(host: Host, holders: readonly ActiveHolding[]): Capacity[] {
  const asked = { gpus: 0n, vcpus: 0n, memory: 0n };
  for (const { attempt } of holders) {
    const held = attempt.held!;
    asked.gpus += gpusHeldOn(host, held);
    asked.vcpus += held.vcpus;
    asked.memory += held.memory;
  }
  const exceeded: Capacity[] = asked.gpus > host.gpus ? ['gpus'] : [];
  if (host.vcpus !== null && asked.vcpus > host.vcpus) exceeded.push('vcpus');
  if (host.memory !== null && asked.memory > host.memory) exceeded.push('memory');
  return exceeded;
}
