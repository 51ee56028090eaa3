import type { Host } from '../facts/host';
import { type Interval, cutAt, millisecondsOf } from '../units/interval';
import { NANO } from '../units/quantity';
import { split } from '../units/split';
import { type ActiveHolding, type Activity, bordersOf } from './holding';
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
  readonly overRequested: boolean;
};

/** One charge period and who was on its host. */
export type MeasureInput = {
  readonly host: Host;
  readonly during: Interval;
  readonly perHour: bigint | null;
  /** In tie order, cut to `during`. */
  readonly holdings: readonly ActiveHolding[];
  readonly activity: readonly Activity[];
  /** Further borders: the host's first and last holding. */
  readonly borders: readonly number[];
};

/** Cuts a charge period at every holding border and weighs each piece. */
export function measure(input: MeasureInput): Slice[] {
  const cuts = cutAt(input.during, [...bordersOf(input.holdings, input.activity), ...input.borders]);
  const arriving = [...input.holdings].sort((a, b) => a.during.start - b.during.start);
  let present: ActiveHolding[] = [];
  let next = 0;
  return cuts
    .filter((during) => millisecondsOf(during) > 0)
    .map((during) => {
      const joined: ActiveHolding[] = [];
      while (next < arriving.length && arriving[next]!.during.start <= during.start) joined.push(arriving[next++]!);
      present = present.filter((holding) => holding.during.end > during.start);
      if (joined.length > 0) present = inTieOrder(input.holdings, new Set([...present, ...joined]));
      return weighSlice(input, during, present);
    });
}

const inTieOrder = (all: readonly ActiveHolding[], chosen: ReadonlySet<ActiveHolding>): ActiveHolding[] =>
  all.filter((holding) => chosen.has(holding));

function weighSlice(input: MeasureInput, during: Interval, holders: readonly ActiveHolding[]): Slice {
  const { host, perHour } = input;
  const capacity = capacityOf(host);
  const requested = holders.map(({ attempt }) => weightOf(host, attempt.held!, perHour));
  const overRequested = sum(requested) > capacity;
  const weights = overRequested ? split(capacity, requested) : requested;
  const gpus = holders.map(({ attempt }, index) => (gpusHeldOn(host, attempt.held!) > 0n ? weights[index]! : 0n));
  const left = capacity - sum(weights);
  const unattributed =
    host.gpus > 0n ? smaller(left, unclaimedGpus({ input, during, holders, heldGpus: sum(gpus) })) : 0n;
  return {
    during,
    holders,
    weights,
    gpus,
    unattributed,
    idle: left - unattributed,
    idleGpus: host.gpus > 0n ? capacity - sum(gpus) - unattributed : 0n,
    overRequested,
  };
}

type Unclaimed = { input: MeasureInput; during: Interval; holders: readonly ActiveHolding[]; heldGpus: bigint };

/** GPUs that are active but held by nobody, in 10⁻⁹: by device where evidence is complete, else by count. */
function unclaimedGpus({ input, during, holders, heldGpus }: Unclaimed): bigint {
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
