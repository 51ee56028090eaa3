import { z } from 'zod';
import { rung } from './enums';
import { listOf, pageQuery } from './paging';
import { instantText, moneyText } from './scalars';

/** A host with its price in force. */
export const hostRate = z
  .strictObject({
    host: z.string(),
    pool: z.string().nullable(),
    provider: z.string().nullable(),
    region: z.string().nullable(),
    instanceType: z.string().nullable(),
    capacityType: z.string().nullable(),
    gpus: z.number().min(0),
    gpuModel: z.string().nullable(),
    vcpus: z.number().min(0).nullable(),
    memoryGib: z.number().min(0).nullable(),
    pricePerHour: moneyText.nullable(),
    pricePerGpuHour: moneyText.nullable().describe('Null without a price or without GPUs; half-even at 12 decimals.'),
    rung,
    rateCard: z.string().nullable(),
    explanation: z.string(),
    validFrom: instantText.nullable(),
    validTo: instantText.nullable(),
  })
  .meta({ id: 'HostRate' });

/** A page of hosts by name. */
export const rateList = listOf(hostRate);

/** The page of a list of hosts. */
export const ratesQuery = z.strictObject(pageQuery);

export type HostRate = z.infer<typeof hostRate>;
