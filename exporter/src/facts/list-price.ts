import type { Decimal } from '../units/decimal';
import type { Bytes, MilliVcpus, NanoGpus } from '../units/quantity';

/** A provider's published price of one instance type in one region, in US dollars an hour. */
export type ListPrice = {
  readonly provider: string;
  readonly region: string;
  readonly instanceType: string;
  readonly kind: 'on_demand' | 'spot';
  readonly perHour: Decimal;
  /** The day the list was made, `YYYY-MM-DD`. */
  readonly asOf: string;
  /** Where the list comes from. */
  readonly source: string;
};

/** The published size of an instance type; what is not certain is null. */
export type InstanceType = {
  readonly provider: string;
  readonly name: string;
  readonly vcpus: MilliVcpus | null;
  readonly memory: Bytes | null;
  /** Null: unknown, or a fraction of a GPU. */
  readonly gpus: NanoGpus | null;
  readonly gpuModel: string | null;
};
