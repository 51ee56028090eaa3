import type { PricedHost } from '../facts/published';
import { divideHalfEven } from '../units/divide';
import { NANO } from '../units/quantity';

/** Dollars per GPU-hour at scale 12, half-even; null for a host without a price or without GPUs. */
export function pricePerGpuHour({ host, price }: PricedHost): bigint | null {
  return price.perHour === null || host.gpus <= 0n ? null : divideHalfEven(price.perHour * NANO, host.gpus);
}
