import { z } from 'zod';
import type { Holding } from '../facts/holding';
import type { Host } from '../facts/host';
import type { InstanceType } from '../facts/list-price';
import { hostWithDefaults } from '../ledger/price-ladder-host';
import type { FieldPath, Report } from './fault';
import { checkDates } from './rate-cards';
import { gibibytes, gpus, instant, text, vcpus } from './scalars';
import { readBy, strictMap } from './section';

const hostSchema = strictMap({
  name: text,
  pool: text.optional(),
  provider: text.optional(),
  region: text.optional(),
  instance_type: text.optional(),
  capacity_type: z.enum(['on_demand', 'spot', 'committed', 'owned', 'leased']).optional(),
  gpus: gpus.optional(),
  gpu_model: text.optional(),
  vcpu: vcpus.optional(),
  memory_gib: gibibytes.optional(),
  billing_resource_id: text.optional(),
  from: instant.optional(),
  to: instant.optional(),
});

const holdingSchema = strictMap({ flow: text, step: text.optional(), host: text.optional(), gpus });

type Place = { readonly value: unknown; readonly path: FieldPath; readonly report: Report };

/** Reads one host and fills it from its instance type; null when something is wrong with it. */
export function readHost(place: Place, types: readonly InstanceType[]): Host | null {
  const raw = readBy(hostSchema, place);
  if (!raw || !checkDates(raw, place)) return null;
  const declared = {
    name: raw.name,
    pool: raw.pool ?? null,
    provider: raw.provider ?? null,
    region: raw.region ?? null,
    instanceType: raw.instance_type ?? null,
    capacityType: raw.capacity_type ?? null,
    gpus: raw.gpus ?? null,
    gpuModel: raw.gpu_model ?? null,
    vcpus: raw.vcpu ?? null,
    memory: raw.memory_gib ?? null,
    billingResourceId: raw.billing_resource_id ?? null,
    from: raw.from ?? null,
    to: raw.to ?? null,
  };
  const host = hostWithDefaults(declared, types);
  if (!('missing' in host)) return host;
  for (const figure of host.missing)
    place.report(missingFigure(figure, { place, instanceType: declared.instanceType }));
  return null;
}

/** Reads one declared holding; null when something is wrong with it. */
export function readHolding(place: Place): Holding | null {
  const raw = readBy(holdingSchema, place);
  return raw && { flow: raw.flow, step: raw.step ?? null, host: raw.host ?? null, gpus: raw.gpus };
}

function missingFigure(figure: string, about: { place: Place; instanceType: string | null }): Parameters<Report>[0] {
  const { place, instanceType } = about;
  const source =
    instanceType === null ? 'and no instance_type gives it' : `and the size of ${instanceType} is not known`;
  const remedies: { readonly [name: string]: string } = {
    gpus: 'Add gpus, e.g. gpus: 8, or gpus: 0 for a host without GPUs.',
    vcpu: 'Add vcpu: a host without GPUs is split by vCPUs and memory.',
    memory_gib: 'Add memory_gib: a host without GPUs is split by vCPUs and memory.',
  };
  return { path: [...place.path, figure], reason: `is missing ${source}`, remedy: remedies[figure]! };
}
