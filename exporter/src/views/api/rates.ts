import { z } from 'zod';
import type { HostRate } from '../../contract/rate';
import type { PricedHost } from '../../facts/published';
import { gpusFromNanoGpus } from '../../units/quantity';
import { compareUtf8 } from '../../units/utf8-order';
import { hostsNow } from '../hosts-now';
import { pricePerGpuHour } from '../price-per-gpu-hour';
import { instantOf, moneyOf } from '../wire';
import { decodeCursor } from './cursor';
import { freshness, type Handler } from './handler';
import { pageOf } from './page';

const place = z.tuple([z.literal('rates'), z.string()]);
const BYTES_PER_GIB = 1_073_741_824;

/** Hosts that exist now, by name, with their price in force. */
export const listRates: Handler<'listRates'> = async ({ query }, { state }) => {
  const at = decodeCursor(query.cursor, place);
  const rest = hostsNow(state)
    .filter(({ host }) => at === undefined || compareUtf8(host.name, at[1]) > 0)
    .sort((a, b) => compareUtf8(a.host.name, b.host.name));
  const page = pageOf(rest, { limit: query.limit, item: rateOf, place: ({ host }) => ['rates', host.name] });
  return { ...page, ...freshness(state) };
};

function rateOf(priced: PricedHost): HostRate {
  const { host, price } = priced;
  return {
    host: host.name,
    pool: host.pool,
    provider: host.provider,
    region: host.region,
    instanceType: host.instanceType,
    capacityType: host.capacityType,
    gpus: gpusFromNanoGpus(host.gpus),
    gpuModel: host.gpuModel,
    vcpus: host.vcpus === null ? null : Number(host.vcpus) / 1000,
    memoryGib: host.memory === null ? null : Number(host.memory) / BYTES_PER_GIB,
    pricePerHour: moneyOf(price.perHour),
    pricePerGpuHour: moneyOf(pricePerGpuHour(priced)),
    rung: price.rung,
    rateCard: price.rateCard,
    explanation: price.explanation,
    validFrom: instantOf(price.start),
    validTo: instantOf(price.end),
  };
}
