import type { Attempt } from '../facts/attempt';
import type { DeviceStretch, GpuDevice } from '../facts/gpu-sample';
import type { Host } from '../facts/host';
import { migShare } from '../facts/mig-profile';
import { podTexts } from '../facts/pod';
import { divideHalfEven } from '../units/divide';
import type { Interval } from '../units/interval';
import { NANO } from '../units/quantity';
import { split } from '../units/split';
import { compareUtf8 } from '../units/utf8-order';
import { follow } from './follow';

/** A device over one stretch of telemetry. */
export type SeenDevice = {
  /** Numbers the devices of a period in UTF-8 order of uuid and instance. */
  readonly rank: number;
  readonly stretch: DeviceStretch;
  /** Its part of a board in 10⁻⁹: a whole GPU, or a MIG instance. */
  readonly share: bigint;
  /** The attempts whose pods it names, whether they hold at the time or not. */
  readonly named: readonly Attempt[];
};

/**
 * Tells, for cuts asked in order of time, what telemetry sees of each device: one stretch a device at most. Where two
 * sources tell of one device, the one that names pods counts. Where instances of a GPU are seen, its board does not.
 */
export function readEvidence(
  { gpuModel }: Pick<Host, 'gpuModel'>,
  stretches: readonly DeviceStretch[],
  attempts: readonly Attempt[],
): (cut: Interval) => SeenDevice[] {
  const withPods = attempts.filter(({ pod }) => pod);
  const ranks = ranksOf(stretches.map(({ device }) => device));
  const all = stretches
    .filter(({ start, end }) => start < end)
    .map((stretch) => ({
      rank: ranks.get(nameOf(stretch.device))!,
      stretch,
      share: shareOf(stretch, gpuModel),
      named: stretch.pods.length === 0 ? [] : withPods.filter((attempt) => names(stretch, attempt)),
    }));
  const presentIn = follow(all, ({ stretch }) => stretch);
  return (cut) => {
    const present = [...presentIn(cut)].sort(inDeviceOrder);
    const firsts = present.filter(({ rank }, place) => present[place - 1]?.rank !== rank);
    const sliced = new Set(firsts.map(({ stretch: { device } }) => (device.instance === '' ? '' : device.uuid)));
    return firsts.filter(({ stretch: { device } }) => device.instance !== '' || !sliced.has(device.uuid));
  };
}

/** No uuid has a blank. */
const nameOf = ({ uuid, instance }: GpuDevice): string => `${uuid} ${instance}`;

function ranksOf(devices: readonly GpuDevice[]): Map<string, number> {
  const distinct = [...new Map(devices.map((device) => [nameOf(device), device])).values()];
  const ordered = distinct.sort((a, b) => compareUtf8(a.uuid, b.uuid) || compareUtf8(a.instance, b.instance));
  return new Map(ordered.map((device, rank) => [nameOf(device), rank]));
}

/** Of a MIG instance its compute slices ÷ those of its board, half-even; of any other device a whole GPU. */
function shareOf({ profile }: DeviceStretch, gpuModel: string | null): bigint {
  const mig = profile === null ? null : migShare(profile, gpuModel);
  return mig === null ? NANO : divideHalfEven(NANO * BigInt(mig.slices), BigInt(mig.total));
}

/** A name is used again by other pods, so it counts only where telemetry or attempt know no uid. */
function names({ pods }: DeviceStretch, { pod }: Attempt): boolean {
  const texts = podTexts(pod!);
  const tellsUids = pods.some((text) => text.startsWith('uid:'));
  return pods.includes(tellsUids && pod!.uid !== null ? texts[0]! : texts.at(-1)!);
}

/** By device; of one device first the stretch that names pods, then the later one. */
function inDeviceOrder(a: SeenDevice, b: SeenDevice): number {
  return (
    a.rank - b.rank ||
    Number(b.stretch.pods.length > 0) - Number(a.stretch.pods.length > 0) ||
    b.stretch.start - a.stretch.start ||
    b.stretch.end - a.stretch.end ||
    b.stretch.activityPpmMs - a.stretch.activityPpmMs
  );
}

/** Deals what an attempt holds out to as many devices, evenly, but to none more than it is. */
export function dealOut<Device extends { readonly share: bigint }>(
  gpus: bigint,
  devices: readonly Device[],
): { readonly device: Device; readonly gpus: bigint }[] {
  if (devices.length === 0) return [];
  const parts = split(
    gpus,
    devices.map(() => 1n),
  );
  return devices.map((device, place) => ({ device, gpus: smaller(parts[place]!, device.share) }));
}

/** Who holds GPUs over an elementary interval, with how many each, in 10⁻⁹. */
export type GpuHolder = { readonly attempt: Attempt; readonly gpus: bigint };

/**
 * GPUs that are active and held by nobody, in 10⁻⁹: by device where every holder's devices are all known, else
 * those that are active beyond those that are held. A device that still names a pod of this host that holds
 * no more is not active: its samples are clipped to its pod.
 */
export function strayGpus(seen: readonly SeenDevice[], holders: readonly GpuHolder[]): bigint {
  const present = new Set(holders.map(({ attempt }) => attempt));
  const isHeld = ({ named }: SeenDevice): boolean => named.some((attempt) => present.has(attempt));
  const active = seen.filter((device) => device.stretch.active && (device.named.length === 0 || isHeld(device)));
  const isKnown = holders.every(
    ({ attempt, gpus }) => sharesOf(seen.filter(({ named }) => named.includes(attempt))) >= gpus,
  );
  if (isKnown) return sharesOf(active.filter((device) => !isHeld(device)));
  const surplus = sharesOf(active) - holders.reduce((total, { gpus }) => total + gpus, 0n);
  return surplus > 0n ? surplus : 0n;
}

const sharesOf = (devices: readonly SeenDevice[]): bigint => devices.reduce((total, { share }) => total + share, 0n);
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);
