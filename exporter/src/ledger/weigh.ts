import type { HeldResources } from '../facts/attempt';
import type { Host } from '../facts/host';
import { divideFloor, divideHalfEven } from '../units/divide';
import { MONEY_ONE } from '../units/money';
import { BYTES_PER_GIB, bytes, NANO, nanoGpus } from '../units/quantity';

/** Reference component prices in 10⁻⁶ dollars per vCPU-hour and per GiB-hour (DESIGN: 0.031611 and 0.004237). */
const MICRODOLLARS_PER_VCPU_HOUR = 31_611n;
const MICRODOLLARS_PER_GIB_HOUR = 4_237n;

/** Reference component price of vCPUs and memory as an exact fraction: dollars an hour = numerator ÷ (10⁹ × 2³⁰). */
function referencePrice({ vcpus, memory }: { vcpus: bigint; memory: bigint }): bigint {
  return vcpus * MICRODOLLARS_PER_VCPU_HOUR * BYTES_PER_GIB + memory * MICRODOLLARS_PER_GIB_HOUR * 1000n;
}

/** A host's capacity per millisecond: 10⁹ a GPU, or its reference price in 10⁻⁹ $/h where it has no GPU. */
export function capacityOf(host: Host): bigint {
  if (host.gpus > 0n) return host.gpus;
  return divideHalfEven(referencePrice({ vcpus: host.vcpus ?? 0n, memory: host.memory ?? 0n }), BYTES_PER_GIB);
}

/**
 * A host of which only what it was charged by is known: its GPUs, or the memory that has its capacity when priced.
 * `capacityOf` gives that capacity back exactly.
 */
export function hostOfCapacity(
  name: string,
  { capacityWeight, gpuTime, milliseconds }: { capacityWeight: bigint; gpuTime: bigint; milliseconds: bigint },
): Host {
  const capacity = divideFloor(capacityWeight, milliseconds);
  const memory = divideHalfEven(capacity * BYTES_PER_GIB, MICRODOLLARS_PER_GIB_HOUR * 1000n);
  const unknown = { pool: null, provider: null, region: null, instanceType: null, capacityType: null, gpuModel: null };
  const dates = { billingResourceId: null, from: null, to: null };
  const gpus = nanoGpus(divideFloor(gpuTime, milliseconds));
  return { name, ...unknown, ...dates, gpus, vcpus: null, memory: gpus > 0n ? null : bytes(memory) };
}

/** GPUs an attempt holds on this host in 10⁻⁹, before scaling; 0 where the host has none. */
export function gpusHeldOn(host: Host, held: HeldResources): bigint {
  return host.gpus > 0n ? held.gpus : 0n;
}

/**
 * What an attempt weighs on a host per millisecond, before scaling to capacity (split policy `gpu-first`).
 * `perHour` is the host's price; where it is unknown or 0 an attempt without GPUs on a GPU host weighs nothing.
 */
export function weightOf(host: Host, held: HeldResources, perHour: bigint | null): bigint {
  const reference = referencePrice(held);
  if (host.gpus === 0n) return divideHalfEven(reference, BYTES_PER_GIB);
  if (held.gpus > 0n) return held.gpus;
  if (perHour === null || perHour <= 0n) return 0n;
  return divideHalfEven(host.gpus * reference * MONEY_ONE, NANO * BYTES_PER_GIB * perHour);
}
