import type { Attempt } from '../facts/attempt';
import type { DeviceStretch } from '../facts/gpu-sample';
import type { Host } from '../facts/host';
import { type Interval, cutAt, millisecondsOf, overlap } from '../units/interval';
import { NANO } from '../units/quantity';
import { split } from '../units/split';
import { readEvidence, type SeenDevice, strayGpus } from './evidence';
import { follow } from './follow';
import { type ActiveHolding, type Activity, bordersOf } from './holding';
import { type Capacity, overRequestedOf } from './over-requested';
import { capacityOf, gpusHeldOn, weightOf } from './weigh';

/** One elementary interval: who weighs how much per millisecond; all of it sums to capacity. */
export type Slice = {
  readonly during: Interval;
  /** Aligned with `holders`: weight and GPUs held per ms after scaling. */
  readonly holders: readonly ActiveHolding[];
  readonly weights: readonly bigint[];
  readonly gpus: readonly bigint[];
  readonly unattributed: bigint;
  readonly idle: bigint;
  /** GPUs nobody holds and nothing uses, whatever tasks without GPUs weigh. */
  readonly idleGpus: bigint;
  /** What holders asked together for more of than the host has; where it is not known what it has, nothing. */
  readonly overRequested: readonly Capacity[];
  /** What telemetry sees meanwhile, one stretch a device. */
  readonly seen: readonly SeenDevice[];
};

/** One charge period and who was on its host. */
export type MeasureInput = {
  readonly host: Host;
  readonly during: Interval;
  readonly perHour: bigint | null;
  /** In tie order, cut to `during`. */
  readonly holdings: readonly ActiveHolding[];
  readonly activity: readonly Activity[];
  /** Telemetry by device; where there is any, `activity` does not count. */
  readonly stretches: readonly DeviceStretch[];
  /** All attempts of the host that are known, those that hold nothing meanwhile included. */
  readonly known: readonly Attempt[];
  /** Further borders: the host's first and last holding. */
  readonly borders: readonly number[];
};

/** Cuts a charge period where anybody starts or stops to hold or to be active, and weighs each piece. */
export function measure(input: MeasureInput): Slice[] {
  const { host, during, holdings, activity } = input;
  const stretches = input.stretches.filter((stretch) => overlap(stretch, during) !== null);
  const borders = [...bordersOf(holdings, activity), ...stretches.flatMap(({ start, end }) => [start, end])];
  const presentIn = follow(holdings, (holding) => holding.during);
  const seenIn = readEvidence(host, stretches, input.known);
  const place = new Map(holdings.map((holding, index) => [holding, index]));
  return cutAt(during, [...borders, ...input.borders])
    .filter((cut) => millisecondsOf(cut) > 0)
    .map((cut) => {
      const holders = [...presentIn(cut)].sort((a, b) => place.get(a)! - place.get(b)!);
      return weighSlice(input, { during: cut, holders, seen: seenIn(cut) });
    });
}

type Present = Pick<Slice, 'during' | 'holders' | 'seen'>;

function weighSlice(input: MeasureInput, present: Present): Slice {
  const { holders } = present;
  const { host, perHour } = input;
  const capacity = capacityOf(host);
  const requested = holders.map(({ attempt }) => weightOf(host, attempt.held!, perHour));
  const weights = sum(requested) > capacity ? split(capacity, requested) : requested;
  const gpus = holders.map(({ attempt }, index) => (gpusHeldOn(host, attempt.held!) > 0n ? weights[index]! : 0n));
  const left = capacity - sum(weights);
  const unattributed = host.gpus > 0n ? smaller(left, unclaimedGpus(input, present, gpus)) : 0n;
  return {
    ...present,
    weights,
    gpus,
    unattributed,
    idle: left - unattributed,
    idleGpus: host.gpus > 0n ? capacity - sum(gpus) - unattributed : 0n,
    overRequested: overRequestedOf(host, holders),
  };
}

/** GPUs that are active but held by nobody, in 10⁻⁹: by device where evidence is complete, else by count. */
function unclaimedGpus(input: MeasureInput, { during, holders, seen }: Present, gpus: readonly bigint[]): bigint {
  if (input.stretches.length === 0) return unclaimedByActivity(input, { during, holders }, sum(gpus));
  const gpuHolders = holders.map(({ attempt }, place) => ({ attempt, gpus: gpus[place]! }));
  return strayGpus(
    seen,
    gpuHolders.filter(({ attempt }) => attempt.held!.gpus > 0n),
  );
}

type Moment = Pick<Slice, 'during' | 'holders'>;

function unclaimedByActivity(input: MeasureInput, { during, holders }: Moment, heldGpus: bigint): bigint {
  const seen = input.activity.filter((one) => one.during.start <= during.start && during.end <= one.during.end);
  if (seen.length === 0) return 0n;
  const gpuHolders = holders.filter(({ attempt }) => attempt.held!.gpus > 0n);
  const activeDevices = new Set(seen.flatMap(({ devices }) => devices ?? []));
  const countedOnly = seen.filter(({ devices }) => !devices).reduce((total, { activeGpus }) => total + activeGpus, 0);
  if (countedOnly === 0 && gpuHolders.every(({ devices }) => devices)) {
    const held = new Set(gpuHolders.flatMap(({ devices }) => devices!));
    return BigInt([...activeDevices].filter((device) => !held.has(device)).length) * NANO;
  }
  const active = BigInt(Math.round((countedOnly + activeDevices.size) * 1e9));
  return active > heldGpus ? active - heldGpus : 0n;
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
