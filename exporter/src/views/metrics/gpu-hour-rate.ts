import { metrics } from '../../contract/metrics';
import type { PricedHost } from '../../facts/published';
import { hostsNow } from '../hosts-now';
import { pricePerGpuHour } from '../price-per-gpu-hour';
import { approximateDollars } from './approximate-dollars';
import { bindFamily } from './family';

/** The price in force of a GPU-hour of every priced host with GPUs. */
export const gpuHourRate = bindFamily(metrics.gpuHourRate, ({ state }) =>
  hostsNow(state).flatMap((priced) => {
    const perGpuHour = pricePerGpuHour(priced);
    return perGpuHour === null ? [] : [{ labels: hostLabels(priced), value: approximateDollars(perGpuHour) }];
  }),
);

/** Which rung and rate card each GPU-hour price comes from. */
export const gpuHourRateInfo = bindFamily(metrics.gpuHourRateInfo, ({ state }) =>
  hostsNow(state)
    .filter((priced) => pricePerGpuHour(priced) !== null)
    .map((priced) => ({
      labels: { ...hostLabels(priced), rung: priced.price.rung, rate_card: priced.price.rateCard ?? '' },
      value: 1,
    })),
);

function hostLabels({ host }: PricedHost) {
  return {
    provider: host.provider ?? '',
    region: host.region ?? '',
    host: host.name,
    instance_type: host.instanceType ?? '',
    gpu_model: host.gpuModel ?? '',
    capacity_type: host.capacityType ?? '',
  };
}
