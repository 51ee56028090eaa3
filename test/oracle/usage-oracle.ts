import type { Attempt } from '../../exporter/src/facts/attempt';
import type { DeviceStretch } from '../../exporter/src/facts/gpu-sample';
import { deal, fraction, nearest } from './fraction';

/** What was observed of one attempt in a charge period. */
export type OracleUsage = { used: bigint; workloadIdle: bigint; busy: bigint; energyMillijoules: number | null };

/** What one device shows at a moment. */
export type Seen = {
  readonly stretch: DeviceStretch;
  /** 10⁻⁹ of a board. */
  readonly size: bigint;
  /** Those of the host's attempts that its labels mean. */
  readonly meant: readonly Attempt[];
};

/** A time in which nothing changes: what is seen, and what all of the period's holders hold after scaling. */
export type Turn = {
  readonly ms: bigint;
  readonly seen: readonly Seen[];
  readonly holders: readonly { readonly attempt: Attempt; readonly gpus: bigint }[];
};

const BOARD = 1_000_000_000n;
const FIVE_MINUTES = 300_000;

const total = (numbers: readonly bigint[]): bigint => numbers.reduce((a, b) => a + b, 0n);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const idOf = ({ device: { uuid, instance } }: DeviceStretch): string => `${uuid}\u0000${instance}`;

/** The devices that telemetry shows at a moment, by uuid and instance, one stretch each. */
export function seenAt(moment: number, stretches: readonly DeviceStretch[], attempts: readonly Attempt[]): Seen[] {
  const now = stretches.filter(({ start, end }) => start <= moment && moment < end);
  const ids = [...new Set(now.map(idOf))].sort();
  const chosen = ids.map((id) => bestOf(now.filter((stretch) => idOf(stretch) === id)));
  const isCut = (uuid: string): boolean => now.some(({ device }) => device.uuid === uuid && device.instance !== '');
  return chosen
    .filter(({ device }) => device.instance !== '' || !isCut(device.uuid))
    .map((stretch) => ({ stretch, size: sizeOf(stretch), meant: attempts.filter((one) => isMeant(stretch, one)) }));
}

/** Of two sources the one with labels; then the one that began last, lasts longest, saw most. */
function bestOf(stretches: readonly DeviceStretch[]): DeviceStretch {
  const merits = ({ pods, start, end, activityPpmMs }: DeviceStretch): number[] => [
    pods.length === 0 ? 0 : 1,
    start,
    end,
    activityPpmMs,
  ];
  return stretches.reduce((best, other) => {
    const [left, right] = [merits(best), merits(other)];
    const place = left.findIndex((merit, index) => merit !== right[index]);
    return place >= 0 && right[place]! > left[place]! ? other : best;
  });
}

/** Slices of boards with seven; `1g.6gb`, `2g.12gb` and `4g.24gb` are of boards with four. */
function sizeOf({ profile }: DeviceStretch): bigint {
  const [, slices, gigabytes] = /^(\d)g\.(\d+)gb/.exec(profile ?? '') ?? [];
  if (slices === undefined) return BOARD;
  return nearest(fraction(BOARD * BigInt(slices), ['6', '12', '24'].includes(gigabytes!) ? 4n : 7n));
}

function isMeant({ pods }: DeviceStretch, { pod }: Attempt): boolean {
  if (!pod) return false;
  const byName = pods.includes(`name:${pod.namespace}/${pod.name}`);
  const areUidsKnown = pod.uid !== null && pods.some((label) => label.slice(0, 4) === 'uid:');
  return areUidsKnown ? pods.includes(`uid:${pod.uid}`) : byName;
}

/** Active GPUs that nobody of `holders` holds. */
export function strayAt({ seen, holders: all }: Turn, holders: readonly Attempt[]): bigint {
  const heldBy = (attempt: Attempt): bigint => all.find((holder) => holder.attempt === attempt)!.gpus;
  const isHeld = ({ meant }: Seen): boolean => meant.some((attempt) => holders.includes(attempt));
  const isClipped = (device: Seen): boolean => device.meant.length > 0 && !isHeld(device);
  const active = seen.filter((device) => device.stretch.active && !isClipped(device));
  const isAllKnown = holders.every((attempt) => {
    const own = seen.filter(({ meant }) => meant.includes(attempt));
    return total(own.map(({ size }) => size)) >= heldBy(attempt);
  });
  if (isAllKnown) return total(active.filter((device) => !isHeld(device)).map(({ size }) => size));
  const surplus = total(active.map(({ size }) => size)) - total(holders.map(heldBy));
  return surplus < 0n ? 0n : surplus;
}

/** What is observed of each holder of the turns; null where nothing is. */
export function usageOfTurns(turns: readonly Turn[]): (OracleUsage | null)[] {
  const holders = turns[0]?.holders ?? [];
  const stretches = [...new Set(turns.flatMap(({ seen }) => seen.map(({ stretch }) => stretch)))];
  const usages: (OracleUsage | null)[] = holders.map(() => null);
  for (const stretch of stretches) {
    const covered = holders.map((_, place) => total(turns.map((turn) => coverOf(turns, turn, { place, stretch }))));
    const energies = energiesOf(stretch, turns);
    covered.forEach((gpuTime, place) => {
      if (gpuTime > 0n) usages[place] = plus(usages[place]!, stretch, { gpuTime, energy: energies?.[place] ?? null });
    });
  }
  return usages;
}

function plus(
  before: OracleUsage | null,
  { active, start, end, activityPpmMs }: DeviceStretch,
  { gpuTime, energy }: { gpuTime: bigint; energy: number | null },
): OracleUsage {
  const usage = before ?? { used: 0n, workloadIdle: 0n, busy: 0n, energyMillijoules: null };
  const ppmMs = BigInt(end - start) * 1_000_000n;
  const isIdle = !active && end - start >= FIVE_MINUTES;
  return {
    used: usage.used + (isIdle ? 0n : gpuTime),
    workloadIdle: usage.workloadIdle + (isIdle ? gpuTime : 0n),
    busy: usage.busy + nearest(fraction(gpuTime * least(BigInt(activityPpmMs), ppmMs), ppmMs)),
    energyMillijoules: energy === null ? usage.energyMillijoules : (usage.energyMillijoules ?? 0) + energy,
  };
}

type Which = { readonly place: number; readonly stretch: DeviceStretch };

/** 10⁻⁹ GPU × ms that one stretch tells of one holder in one turn. */
function coverOf(turns: readonly Turn[], turn: Turn, { place, stretch }: Which): bigint {
  if (!turn.seen.some((seen) => seen.stretch === stretch)) return 0n;
  const { attempt, gpus } = turn.holders[place]!;
  const labelled = turn.seen.filter(({ meant }) => meant.includes(attempt));
  const devices =
    labelled.length > 0
      ? labelled.map((seen) => ({ id: idOf(seen.stretch), size: seen.size }))
      : isAlone(turn, place)
        ? standIns(turns, place)
        : [];
  const parts = deal(
    gpus,
    devices.map(() => 1n),
  );
  const own = devices.findIndex(({ id }) => id === idOf(stretch));
  return own < 0 ? 0n : least(parts[own]!, devices[own]!.size) * turn.ms;
}

const isAlone = ({ seen, holders }: Turn, place: number): boolean =>
  holders[place]!.gpus > 0n &&
  holders.every(({ gpus }, other) => other === place || gpus === 0n) &&
  seen.every(({ stretch }) => stretch.pods.length === 0);

/** The devices that were active for longest while a holder was alone and unnamed, as many as it holds. */
function standIns(turns: readonly Turn[], place: number): { id: string; size: bigint }[] {
  const alone = turns.filter((turn) => isAlone(turn, place));
  const ids = [...new Set(alone.flatMap(({ seen }) => seen.map(({ stretch }) => idOf(stretch))))].sort();
  const known = ids.map((id) => {
    const shown = alone.flatMap(({ ms, seen }) =>
      seen.filter(({ stretch }) => idOf(stretch) === id).map((one) => ({ ms, ...one })),
    );
    const activeMs = total(shown.filter(({ stretch }) => stretch.active).map(({ ms }) => ms));
    return { id, size: shown[0]!.size, activeMs };
  });
  const ranked = known.sort((a, b) => (a.activeMs > b.activeMs ? -1 : a.activeMs < b.activeMs ? 1 : 0));
  const wanted = turns[0]!.holders[place]!.attempt.held!.gpus;
  const needed = ranked.findIndex((_, last) => total(ranked.slice(0, last + 1).map(({ size }) => size)) >= wanted);
  return needed < 0 ? ranked : ranked.slice(0, needed + 1);
}

/** A stretch's energy by holder; what nobody holds of the device is dealt last. Nobody burns more of it than it is. */
function energiesOf(stretch: DeviceStretch, turns: readonly Turn[]): number[] | null {
  if (stretch.energyMillijoules === null) return null;
  const size = sizeOf(stretch);
  const burnt = turns[0]!.holders.map(() => 0n);
  for (const turn of turns) {
    const covers = burnt.map((_, place) => coverOf(turns, turn, { place, stretch }) / turn.ms);
    const parts = total(covers) > size ? deal(size, covers) : covers;
    parts.forEach((part, place) => (burnt[place]! += part * turn.ms));
  }
  const whole = size * BigInt(stretch.end - stretch.start);
  return deal(BigInt(stretch.energyMillijoules), [...burnt, whole - total(burnt)]).map(Number);
}
