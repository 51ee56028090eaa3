import { type Attempt, type AttemptKey, attemptKeyText, compareAttemptKeys } from '../facts/attempt';
import type { GpuUsage } from '../facts/charge';
import type { DeviceStretch } from '../facts/gpu-sample';
import type { Host } from '../facts/host';
import { divideHalfEven } from '../units/divide';
import { type Instant, millisecondsOf } from '../units/interval';
import { type NanoGpus, nanoGpuMilliseconds, nanoGpus } from '../units/quantity';
import { split } from '../units/split';
import { dealOut, type SeenDevice } from './evidence';
import { type AttemptHolding, holdingsWithin } from './holding';
import { measure, type Slice } from './measure';

/** A held device is workload idle once it is inactive for this long without a break, over the whole stretch. */
const IDLE_AFTER_MS = 300_000;
/** Activity comes in parts per million. */
const PPM = 1_000_000n;

/** What one attempt has of one stretch of a device, in 10⁻⁹ GPU × ms. */
type Part = {
  readonly holder: Attempt;
  gpuTime: bigint;
  /** The same, where all holders of the device together have no more than it is. */
  burnt: bigint;
};

/**
 * What telemetry observed of the GPU time of a charge period, by attempt; an attempt of which nothing was observed is
 * left out. Used + workload idle is at most its GPU time. Each stretch's busy time is rounded half-even; its energy is
 * dealt by largest remainder, in tie order, what nobody holds of the device last.
 */
export function usageOf(slices: readonly Slice[]): Map<string, GpuUsage> {
  const usage = new Map<Attempt, GpuUsage>();
  for (const [{ stretch, share }, byHolder] of partsOf(slices)) {
    const parts = [...byHolder.values()].sort((a, b) => compareAttemptKeys(a.holder.key, b.holder.key));
    const energies = energyOf(stretch, share, parts);
    parts.forEach(({ holder, gpuTime }, place) => {
      usage.set(holder, grown(usage.get(holder), stretch, { gpuTime, energy: energies?.[place] ?? null }));
    });
  }
  return new Map([...usage].map(([{ key }, observed]) => [attemptKeyText(key), observed]));
}

function partsOf(slices: readonly Slice[]): Map<SeenDevice, Map<Attempt, Part>> {
  const standIns = standInsOf(slices);
  const parts = new Map<SeenDevice, Map<Attempt, Part>>();
  for (const slice of slices) {
    const milliseconds = BigInt(millisecondsOf(slice.during));
    for (const [device, claims] of claimsIn(slice, standIns)) {
      const byHolder = parts.get(device) ?? new Map<Attempt, Part>();
      parts.set(device, byHolder);
      const burning = withinShare(
        device.share,
        claims.map(({ gpus }) => gpus),
      );
      claims.forEach(({ holder, gpus }, place) => {
        const part = byHolder.get(holder) ?? { holder, gpuTime: 0n, burnt: 0n };
        part.gpuTime += gpus * milliseconds;
        part.burnt += burning[place]! * milliseconds;
        byHolder.set(holder, part);
      });
    }
  }
  return parts;
}

const sum = (parts: readonly bigint[]): bigint => parts.reduce((total, part) => total + part, 0n);
const withinShare = (share: bigint, gpus: readonly bigint[]): readonly bigint[] =>
  sum(gpus) > share ? split(share, gpus) : gpus;

type Held = { readonly holder: Attempt; readonly gpus: bigint };

/** Who holds how much of which device over a slice; holders in tie order. */
function claimsIn(slice: Slice, standIns: ReadonlyMap<Attempt, readonly StandIn[]>): Map<SeenDevice, Held[]> {
  const claims = new Map<SeenDevice, Held[]>();
  slice.holders.forEach(({ attempt }, place) => {
    for (const { device, gpus } of devicesOf(slice, place, standIns.get(attempt))) {
      const others = claims.get(device);
      if (others) others.push({ holder: attempt, gpus });
      else claims.set(device, [{ holder: attempt, gpus }]);
    }
  });
  return claims;
}

type Claim = { readonly device: SeenDevice; readonly gpus: bigint };

/** The devices that stand for a holder: those that name its pod, else the stand-ins of a sole holder. */
function devicesOf(slice: Slice, place: number, standIns: readonly StandIn[] = []): Claim[] {
  const [gpus, { attempt }] = [slice.gpus[place]!, slice.holders[place]!];
  if (gpus === 0n) return [];
  const labelled = slice.seen.filter(({ named }) => named.includes(attempt));
  const named = dealOut(gpus, labelled);
  const unnamed = labelled.length === 0 && isSoleHolder(slice, place) ? dealOut(gpus, standIns) : [];
  const claims = [...named, ...unnamed].flatMap(({ device: { rank }, gpus: part }) => {
    const device = slice.seen.find((seen) => seen.rank === rank);
    return device ? [{ device, gpus: part }] : [];
  });
  return claims.filter((claim) => claim.gpus > 0n);
}

/** True where no device names a pod and nobody else holds GPUs: then what is active is the holder's. */
function isSoleHolder({ seen, gpus }: Slice, place: number): boolean {
  const isAlone = gpus.every((held, other) => other === place || held === 0n);
  return isAlone && seen.every(({ stretch }) => stretch.pods.length === 0);
}

type StandIn = { readonly rank: number; readonly share: bigint; readonly activeMs: number };

/** For each unnamed sole holder of its host: the host's most active devices, until they are as much as it holds. */
function standInsOf(slices: readonly Slice[]): Map<Attempt, StandIn[]> {
  const seenBy = new Map<Attempt, { held: bigint; devices: Map<number, StandIn> }>();
  for (const slice of slices) {
    const place = slice.gpus.findIndex((held) => held > 0n);
    if (place < 0 || !isSoleHolder(slice, place)) continue;
    const { attempt } = slice.holders[place]!;
    const { devices } = seenBy.get(attempt) ?? { devices: new Map<number, StandIn>() };
    seenBy.set(attempt, { held: attempt.held!.gpus, devices });
    for (const { rank, share, stretch } of slice.seen) {
      const device = devices.get(rank) ?? { rank, share, activeMs: 0 };
      const activeMs = device.activeMs + (stretch.active ? millisecondsOf(slice.during) : 0);
      devices.set(rank, { ...device, activeMs });
    }
  }
  return new Map([...seenBy].map(([attempt, { held, devices }]) => [attempt, mostActive(held, [...devices.values()])]));
}

function mostActive(held: bigint, devices: readonly StandIn[]): StandIn[] {
  const ranked = [...devices].sort((a, b) => b.activeMs - a.activeMs || a.rank - b.rank);
  const chosen: StandIn[] = [];
  let gpus = 0n;
  for (const device of ranked) {
    if (gpus >= held) break;
    chosen.push(device);
    gpus += device.share;
  }
  return chosen;
}

/** What each part gets of a stretch's energy in mJ; null where it is unknown. */
function energyOf(stretch: DeviceStretch, share: bigint, parts: readonly Part[]): number[] | null {
  if (stretch.energyMillijoules === null) return null;
  const whole = share * BigInt(millisecondsOf(stretch));
  const burnt = parts.map((part) => part.burnt);
  return split(BigInt(Math.round(stretch.energyMillijoules)), [...burnt, whole - sum(burnt)]).map(Number);
}

type Observed = { readonly gpuTime: bigint; readonly energy: number | null };

function grown(known: GpuUsage | undefined, stretch: DeviceStretch, { gpuTime, energy }: Observed): GpuUsage {
  const { used, workloadIdle, busy, energyMillijoules } = known ?? NOTHING;
  const isIdle = !stretch.active && millisecondsOf(stretch) >= IDLE_AFTER_MS;
  const most = BigInt(millisecondsOf(stretch)) * PPM;
  const activity = BigInt(Math.round(stretch.activityPpmMs));
  return {
    used: nanoGpuMilliseconds(used + (isIdle ? 0n : gpuTime)),
    workloadIdle: nanoGpuMilliseconds(workloadIdle + (isIdle ? gpuTime : 0n)),
    busy: nanoGpuMilliseconds(busy + divideHalfEven(gpuTime * (activity < most ? activity : most), most)),
    energyMillijoules: energy === null ? energyMillijoules : (energyMillijoules ?? 0) + energy,
  };
}

const ZERO = nanoGpuMilliseconds(0n);
const NOTHING: GpuUsage = { used: ZERO, workloadIdle: ZERO, busy: ZERO, energyMillijoules: null };

/** What is observed of an attempt's GPUs at an instant: a run's utilization is Σ busy ÷ Σ observed of its attempts. */
export type HeldActivity = { readonly holder: AttemptKey; readonly observed: NanoGpus; readonly busy: NanoGpus };

/**
 * How busy the GPUs of a host's holders are at an instant; `stretches` are what telemetry says of its devices then,
 * one a device. Attempts that hold no GPUs, or of whose GPUs nothing is observed, are left out.
 */
export function utilizationNow(
  at: Instant,
  host: Host,
  { holdings, stretches }: { holdings: readonly AttemptHolding[]; stretches: readonly DeviceStretch[] },
): HeldActivity[] {
  const during = { start: at, end: at + 1 };
  const active = holdingsWithin(during, holdings);
  const known = holdings.map(({ attempt }) => attempt);
  const slices = measure({
    host,
    during,
    perHour: null,
    holdings: active,
    activity: [],
    stretches,
    known,
    borders: [],
  });
  const usage = usageOf(slices);
  return active.flatMap(({ attempt: { key } }) => {
    const observed = usage.get(attemptKeyText(key));
    if (!observed) return [];
    return [{ holder: key, observed: nanoGpus(observed.used + observed.workloadIdle), busy: nanoGpus(observed.busy) }];
  });
}
