import type { Instant } from '../units/interval';
import type { Bytes, MilliVcpus, NanoGpus } from '../units/quantity';

/** A machine we pay for: capacity that exists from `from` to `to`. */
export type Host = {
  readonly name: string;
  readonly pool: string | null;
  readonly provider: string | null;
  readonly region: string | null;
  readonly instanceType: string | null;
  readonly capacityType: string | null;
  readonly gpus: NanoGpus;
  readonly gpuModel: string | null;
  /** Null when unknown; required on a host without GPUs, whose capacity it is. */
  readonly vcpus: MilliVcpus | null;
  readonly memory: Bytes | null;
  readonly billingResourceId: string | null;
  /** Null: from the start of the first hour in which something was held on it. */
  readonly from: Instant | null;
  /** Null: no end is known. */
  readonly to: Instant | null;
};

/** A host that a feed saw: a Kubernetes node. A declared host of the same name stands above it. */
export type DiscoveredHost = Host & {
  /** The feed that saw it. */
  readonly feed: string;
  readonly internalIp: string | null;
  readonly zone: string | null;
};
