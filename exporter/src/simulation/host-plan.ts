import { HOUR_MS, type Instant } from '../units/interval';
import { type Chance, uuidFrom } from './chance';
import type { SimulatedHost } from './world-facts';

/** The estate to plan: how many nodes, from when to when, and until when spot nodes may be taken away. */
export type HostOptions = {
  readonly chance: Chance;
  readonly nodes: number;
  readonly start: Instant;
  /** When all nodes end; null: never. */
  readonly end: Instant | null;
  /** Spot nodes live this many milliseconds, drawn from a range, and are replaced minutes later. */
  readonly spotLife: readonly [Instant, Instant];
  readonly reclaimsUntil: Instant;
};

type InstanceType = Pick<
  SimulatedHost,
  'instanceType' | 'gpuModel' | 'gpuMemoryMib' | 'vcpus' | 'memoryGib' | 'pricePerHour'
>;

const A100_NODE: InstanceType = {
  instanceType: 'p4d.24xlarge',
  gpuModel: 'NVIDIA A100-SXM4-40GB',
  gpuMemoryMib: 40_960,
  vcpus: 96,
  memoryGib: 1152,
  pricePerHour: 21_957_642_000_000n,
};
const A100_SPOT_PRICE = 9_241_800_000_000n;
const H100_NODE: InstanceType = {
  instanceType: 'p5.48xlarge',
  gpuModel: 'NVIDIA H100 80GB HBM3',
  gpuMemoryMib: 81_920,
  vcpus: 192,
  memoryGib: 2048,
  pricePerHour: 55_040_000_000_000n,
};

const GPUS = 8;
const SPOT_PLACES = [4, 5];
const H100_PLACES = [6];
const LEAST_NODES_WITH_A_CORDON = 4;
const MINUTE_MS = 60_000;

/** The nodes of the whole time, in the order of their places; a spot node is followed by those that replace it. */
export function planHosts(options: HostOptions): SimulatedHost[] {
  const addresses = { next: 10 };
  return Array.from({ length: options.nodes }, (_, place) => hostsAt(place, options, addresses)).flat();
}

function hostsAt(place: number, options: HostOptions, addresses: { next: number }): SimulatedHost[] {
  const { chance, start, end, spotLife, reclaimsUntil } = options;
  const isSpot = SPOT_PLACES.includes(place % GPUS);
  const hosts: SimulatedHost[] = [];
  for (let from = start; ;) {
    const reclaimed = isSpot ? from + wholeSeconds(chance, spotLife) : Infinity;
    const isLast = reclaimed >= reclaimsUntil;
    addresses.next += 1;
    hosts.push(hostOf({ place, options, from, to: isLast ? end : reclaimed, address: addresses.next }));
    if (isLast) return hosts;
    from = reclaimed + wholeSeconds(chance, [3 * MINUTE_MS, 7 * MINUTE_MS]);
  }
}

function wholeSeconds(chance: Chance, [least, most]: readonly [number, number]): number {
  return chance.whole(Math.ceil(least / 1000), Math.floor(most / 1000)) * 1000;
}

type NewHost = { place: number; options: HostOptions; from: Instant; to: Instant | null; address: number };

function hostOf({ place, options, from, to, address }: NewHost): SimulatedHost {
  const { chance, nodes } = options;
  const kind = place % GPUS;
  const isSpot = SPOT_PLACES.includes(kind);
  const type = H100_PLACES.includes(kind) ? H100_NODE : A100_NODE;
  return {
    ...type,
    name: `ip-10-0-${Math.floor(address / 200) + 1}-${address % 200}.ec2.internal`,
    instanceId: `i-0${chance.hex(16)}`,
    region: 'us-east-1',
    zone: place % 2 === 0 ? 'us-east-1a' : 'us-east-1b',
    capacityType: isSpot ? 'spot' : 'on_demand',
    pricePerHour: isSpot ? A100_SPOT_PRICE : type.pricePerHour,
    gpuUuids: Array.from({ length: GPUS }, () => `GPU-${uuidFrom(chance)}`),
    internalIp: `10.0.${Math.floor(address / 200) + 1}.${address % 200}`,
    from,
    to,
    era: place % 2 === 0 ? 'legacy' : 'renamed',
    cordoned: nodes >= LEAST_NODES_WITH_A_CORDON && place === nodes - 1,
    mig: null,
  };
}

/** Cuts the last GPU of the first node into instances: a warm endpoint can then hold one of seven. */
export function withMigInstances(hosts: readonly SimulatedHost[]): SimulatedHost[] {
  const [first, ...others] = hosts;
  if (first === undefined) return [];
  return [{ ...first, mig: { gpu: GPUS - 1, profile: '1g.5gb', instances: 7 } }, ...others];
}

/** Whether a node exists at an instant. */
export function existsAt({ from, to }: SimulatedHost, at: Instant): boolean {
  return from <= at && (to === null || at < to);
}

/** Dollars of a node over its whole hours, for people: 10⁻¹² dollars. */
export function hourlyPrice(hosts: readonly SimulatedHost[], at: Instant): bigint {
  return hosts.filter((host) => existsAt(host, at)).reduce((sum, { pricePerHour }) => sum + pricePerHour, 0n);
}

/** A spot node's life where nothing else is asked: one to two and a half days. */
export const USUAL_SPOT_LIFE = [24 * HOUR_MS, 60 * HOUR_MS] as const;
