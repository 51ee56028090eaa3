import { z } from 'zod';
import type { DiscoveredHost } from '../../facts/host';
import { bytes, milliVcpus, nanoGpus } from '../../units/quantity';
import { hashOf } from '../content-hash';
import type { Row } from '../engine';
import { bigintCell, int64Text, numberCell } from './scalars';

/** One row of `hosts` → the fact. */
export const hostRow = z
  .object({
    name: z.string(),
    feed: z.string(),
    pool: z.string().nullable(),
    provider: z.string().nullable(),
    region: z.string().nullable(),
    zone: z.string().nullable(),
    instance_type: z.string().nullable(),
    capacity_type: z.string().nullable(),
    gpus: bigintCell,
    gpu_model: z.string().nullable(),
    vcpus: bigintCell.nullable(),
    memory: bigintCell.nullable(),
    billing_resource_id: z.string().nullable(),
    internal_ip: z.string().nullable(),
    from_at: numberCell.nullable(),
    to_at: numberCell.nullable(),
  })
  .transform(({ name, feed, pool, provider, region, zone, ...row }): DiscoveredHost => ({
    name,
    feed,
    pool,
    provider,
    region,
    zone,
    instanceType: row.instance_type,
    capacityType: row.capacity_type,
    gpus: nanoGpus(row.gpus),
    gpuModel: row.gpu_model,
    vcpus: row.vcpus === null ? null : milliVcpus(row.vcpus),
    memory: row.memory === null ? null : bytes(row.memory),
    billingResourceId: row.billing_resource_id,
    internalIp: row.internal_ip,
    from: row.from_at,
    to: row.to_at,
  }));

const int64OrNull = (value: bigint | number | null): string | null => (value === null ? null : int64Text(value));

/** The fact → one row of `hosts`, without its load. */
export function rowOfHost(host: DiscoveredHost): Row & { content_hash: string } {
  const { name, feed, pool, provider, region, zone } = host;
  const row = {
    name,
    feed,
    pool,
    provider,
    region,
    zone,
    instance_type: host.instanceType,
    capacity_type: host.capacityType,
    gpus: int64Text(host.gpus),
    gpu_model: host.gpuModel,
    vcpus: int64OrNull(host.vcpus),
    memory: int64OrNull(host.memory),
    billing_resource_id: host.billingResourceId,
    internal_ip: host.internalIp,
    from_at: int64OrNull(host.from),
    to_at: int64OrNull(host.to),
  };
  return { ...row, content_hash: hashOf(JSON.stringify(row)) };
}
