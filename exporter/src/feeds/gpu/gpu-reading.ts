import type { GpuDevice } from '../../facts/gpu-sample';
import type { PodRef } from '../../facts/pod';
import type { Instant } from '../../units/interval';
import type { Exposition, Family, Sample } from '../scrape/exposition';
import type { Target } from '../scrape/settings';
import { deviceOf, hostOf, podOf, textOf } from './gpu-labels';
import { isCounterSentinel, readValue, type UnitMemory, unitOf } from './gpu-value';
import { isGpuMetric, looksLikeEnergy, type MetricMeaning, type MetricNames, type Quantity } from './metric-names';
import type { ScrapeTally } from './scrape-tally';

/** One valid value of one quantity on one device. */
export type Reading = {
  readonly quantity: Quantity;
  readonly rank: number;
  /** Parts per million, milliwatts or millijoules. */
  readonly value: number;
  readonly sample: Sample;
  readonly device: GpuDevice;
  readonly at: Instant;
  readonly host: string;
  readonly pod: PodRef | null;
  readonly model: string | null;
  readonly profile: string | null;
};

/** What a scrape tells about devices beside their values. */
export type DeviceFacts = {
  /** By UUID. */
  readonly models: ReadonlyMap<string, string>;
  /** By UUID and instance. */
  readonly profiles: ReadonlyMap<string, string>;
  /** UUIDs of boards that are cut into instances. */
  readonly sliced: ReadonlySet<string>;
};

/** What readings are read with. */
export type ReadingContext = {
  readonly target: Target;
  readonly receivedAt: Instant;
  readonly names: MetricNames;
  readonly honorLabels: boolean;
  readonly units: UnitMemory;
  readonly tally: ScrapeTally;
};

const CLOCK_TOLERANCE_MS = 600_000;
const MODELS = 'nvidia_smi_gpu_info';
const PROFILES = 'nvidia_smi_mig_info';
const MIG_MODE = 'nvidia_smi_mig_mode_current';

/** The key of a GPU instance. */
export function deviceKey({ uuid, instance }: GpuDevice): string {
  return `${uuid}|${instance}`;
}

/** Collects models, MIG profiles and which boards are cut into instances, over all families of GPU exporters. */
export function readDeviceFacts({ families }: Exposition): DeviceFacts {
  const [models, profiles, sliced] = [new Map<string, string>(), new Map<string, string>(), new Set<string>()];
  for (const { name, samples } of families.values()) {
    if (!isGpuMetric(name)) continue;
    for (const { labels, value } of samples) {
      const isMig = (name === MIG_MODE && value === 1) || labels.has('GPU_I_ID') || labels.has('gpu_instance_id');
      if (!isMig && name !== MODELS) continue;
      const device = deviceOf(labels);
      if (device === null) continue;
      if (name === MODELS) models.set(device.uuid, textOf(labels, 'name') ?? '');
      if (name === PROFILES) profiles.set(deviceKey(device), textOf(labels, 'profile') ?? '');
      if (name === MIG_MODE || device.instance !== '') sliced.add(device.uuid);
    }
  }
  return { models, profiles, sliced };
}

/**
 * Every valid reading of a scrape, in its order; each other sample is dropped with its reason or ignored as not needed.
 */
export function readReadings(exposition: Exposition, facts: DeviceFacts, context: ReadingContext): Reading[] {
  const readings: Reading[] = [];
  for (const family of exposition.families.values()) {
    if (family.samples.length > 0) readFamily(family, facts, { context, readings });
  }
  return readings;
}

function readFamily(
  family: Family,
  facts: DeviceFacts,
  { context, readings }: { context: ReadingContext; readings: Reading[] },
): void {
  const { names, tally } = context;
  if (family.name === MODELS || family.name === PROFILES || family.name === MIG_MODE) {
    tally.accepted += family.samples.length;
    return;
  }
  let [name, meaning] = ['', null as MetricMeaning | null];
  const unit = new Map<MetricMeaning, ReturnType<typeof unitOf>>();
  for (const sample of family.samples) {
    if (sample.name !== name) [name, meaning] = [sample.name, names.meaningOf(sample.name)];
    if (meaning === null) {
      leaveOut(sample, tally);
      continue;
    }
    if (!unit.has(meaning)) unit.set(meaning, unitOf(family, meaning, context.units));
    const value = readValue(sample, meaning, unit.get(meaning)!);
    if (typeof value === 'string') tally.drop(value, sample);
    else addReading(sample, { value, meaning, facts, context, readings });
  }
}

/** A metric that no quantity is read from: only what DCGM and an unknown unit make of it is told. */
function leaveOut(sample: Sample, tally: ScrapeTally): void {
  if (!isGpuMetric(sample.name)) tally.ignored += 1;
  else if (isCounterSentinel(sample.value)) tally.drop('sentinel', sample);
  else if (looksLikeEnergy(sample.name)) tally.drop('unknown_unit', sample);
  else tally.ignored += 1;
}

type Found = {
  readonly value: number;
  readonly meaning: MetricMeaning;
  readonly facts: DeviceFacts;
  readonly context: ReadingContext;
  readonly readings: Reading[];
};

function addReading(sample: Sample, { value, meaning, facts, context, readings }: Found): void {
  const { target, receivedAt, honorLabels, tally } = context;
  const { labels } = sample;
  const at = sample.at ?? receivedAt;
  const device = deviceOf(labels);
  if (at > receivedAt + CLOCK_TOLERANCE_MS) return tally.drop('future', sample);
  if (at < receivedAt - CLOCK_TOLERANCE_MS) return tally.drop('late', sample);
  if (device === null) return tally.drop('missing_uuid', sample);
  const wholeBoardOnly = meaning.quantity === 'gpu_util' || meaning.quantity === 'nvml';
  if (wholeBoardOnly && facts.sliced.has(device.uuid)) return tally.drop('unsupported', sample);
  readings.push({
    quantity: meaning.quantity,
    rank: meaning.rank,
    value,
    sample,
    device,
    at,
    host: hostOf(labels, target),
    pod: podOf(labels, { honorLabels }),
    model: textOf(labels, 'modelName') ?? facts.models.get(device.uuid) ?? null,
    profile: textOf(labels, 'GPU_I_PROFILE') ?? facts.profiles.get(deviceKey(device)) ?? null,
  });
}
