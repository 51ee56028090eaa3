import type { Instant } from '../units/interval';
import type { PodRef } from './pod';

/** A GPU, or an instance of one under MIG (`instance` is its GPU instance id, '' for the whole board). */
export type GpuDevice = { readonly uuid: string; readonly instance: string };

/** Which signal an activity comes from. */
export type ActivitySignal = 'gr_engine' | 'gpu_util' | 'nvml';

/** What one scrape says of one GPU or GPU instance; what it does not say is null, never 0. */
export type GpuSample = {
  /** The node or host as the exporter names it, before it is matched to a host of the ledger. */
  readonly host: string;
  readonly device: GpuDevice;
  /** When it was received: exporters send no times. */
  readonly at: Instant;
  /** For how long it speaks at most, in ms: twice its feed's interval, at most 75 s. */
  readonly holdsMs: number;
  /** Busy time in parts per million, 0 to 1,000,000. */
  readonly activityPpm: number | null;
  readonly signal: ActivitySignal | null;
  /** Board power and energy; null on instances, since the board's would count once for each. */
  readonly powerMilliwatts: number | null;
  readonly energyMillijoules: number | null;
  /** The pods that the exporter names as its holders; several where it is shared. */
  readonly pods: readonly PodRef[];
  readonly model: string | null;
  /** The MIG profile, `1g.5gb`; null on whole GPUs. */
  readonly profile: string | null;
};

/** A span in which a device was active, or not, without a gap: samples of one kind in a row, measured by the store. */
export type DeviceStretch = {
  readonly host: string;
  readonly device: GpuDevice;
  readonly profile: string | null;
  /** The whole stretch, which may reach beyond what was asked for (by five minutes and a sample at most). */
  readonly start: Instant;
  readonly end: Instant;
  /** Activity above 1 %. */
  readonly active: boolean;
  /** Σ activity in ppm × ms over the whole stretch. */
  readonly activityPpmMs: number;
  /** Board energy used in the stretch, in mJ; null where nothing tells. */
  readonly energyMillijoules: number | null;
  /** How samples named its pods: `uid:…` and `name:namespace/pod` texts. */
  readonly pods: readonly string[];
};
