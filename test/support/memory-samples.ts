import type { DeviceStretch, GpuSample } from '../../exporter/src/facts/gpu-sample';
import { podTexts } from '../../exporter/src/facts/pod';
import type { Interval } from '../../exporter/src/units/interval';
import { compareUtf8 } from '../../exporter/src/units/utf8-order';

const MARGIN_MS = 375_000;
const ACTIVE_ABOVE_PPM = 10_000;

/** What the store measures in SQL, once more as a walk over the samples of each device. */
export function stretchesOf(
  samples: readonly GpuSample[],
  hosts: readonly string[],
  { start, end }: Interval,
): DeviceStretch[] {
  const read = { start: start - MARGIN_MS, end: end + MARGIN_MS };
  const devices = new Map<string, Map<number, GpuSample>>();
  for (const sample of samples) {
    if (!hosts.includes(sample.host) || sample.at < read.start || sample.at >= read.end) continue;
    const name = JSON.stringify([sample.host, sample.device.uuid, sample.device.instance]);
    const known = devices.get(name) ?? new Map<number, GpuSample>();
    if (!known.has(sample.at)) known.set(sample.at, sample);
    devices.set(name, known);
  }
  const stretches = [...devices.values()].flatMap((device) =>
    walk(
      [...device.values()].sort((a, b) => a.at - b.at),
      read.end,
    ),
  );
  return stretches.filter((stretch) => stretch.start < end && stretch.end > start).sort(byDevice);
}

function walk(samples: readonly GpuSample[], readEnd: number): DeviceStretch[] {
  const stretches: DeviceStretch[] = [];
  const energies = energiesOf(samples);
  let [speaking, holdsUntil]: [GpuSample | null, number] = [null, -Infinity];
  let open: DeviceStretch | null = null;
  for (const [index, sample] of samples.entries()) {
    if (sample.activityPpm !== null) [speaking, holdsUntil] = [sample, sample.at + sample.holdsMs];
    const next = samples[index + 1]?.at ?? readEnd;
    const until = Math.min(next, holdsUntil, readEnd);
    if (!speaking || until <= sample.at) continue;
    const energy = energies[index] ?? null;
    const used = energy === null ? null : Math.floor((energy * (until - sample.at)) / (next - sample.at));
    const piece = pieceOf(speaking, { start: sample.at, end: until }, used);
    if (open?.end === piece.start && kindOf(open) === kindOf(piece)) open = joined(open, piece);
    else {
      if (open) stretches.push(open);
      open = piece;
    }
  }
  return open ? [...stretches, open] : stretches;
}

function pieceOf({ host, device, profile, activityPpm, pods }: GpuSample, span: Interval, energy: number | null) {
  return {
    host,
    device,
    profile,
    ...span,
    active: (activityPpm ?? 0) > ACTIVE_ABOVE_PPM,
    activityPpmMs: (activityPpm ?? 0) * (span.end - span.start),
    energyMillijoules: energy,
    pods: [...new Set(pods.flatMap(podTexts))].sort(),
  };
}

const kindOf = ({ active, pods, profile }: DeviceStretch): string => JSON.stringify([active, pods, profile]);

function joined(a: DeviceStretch, b: DeviceStretch): DeviceStretch {
  const known = [a.energyMillijoules, b.energyMillijoules].filter((energy) => energy !== null);
  return {
    ...a,
    end: b.end,
    activityPpmMs: a.activityPpmMs + b.activityPpmMs,
    energyMillijoules: known.length === 0 ? null : known.reduce((sum, energy) => sum + energy, 0),
  };
}

/** Energy from each sample to the next, in mJ. */
function energiesOf(samples: readonly GpuSample[]): (number | null)[] {
  let [height, last, lastAt, shift]: [number, number | null, number, number] = [-Infinity, null, 0, 0];
  return samples.map((_sample, index) => {
    if (index === 0) last = samples[0]!.energyMillijoules;
    if (index === 0 && last !== null) [height, lastAt] = [last, samples[0]!.at];
    const [from, to] = [samples[index]!, samples[index + 1]];
    if (!to) return null;
    const [counter, before, ms] = [to.energyMillijoules, height, to.at - from.at];
    let believed = true;
    if (counter !== null) {
      const most = Math.floor((Math.max(1e6, 2 * (from.powerMilliwatts ?? 0)) * (to.at - lastAt + 75_000)) / 1000);
      const rise = last === null ? 0 : counter - last;
      const restarted = rise < -most && counter <= most;
      believed = Math.abs(rise) <= most || restarted;
      if (restarted) shift += last!;
      else if (!believed) shift -= rise;
      [height, last, lastAt] = [Math.max(height, counter + shift), counter, to.at];
    }
    if (from.device.instance !== '') return null;
    const counted = counter !== null && from.energyMillijoules !== null && believed && ms <= 300_000;
    if (counted) return height - before;
    if (ms > from.holdsMs || from.powerMilliwatts === null || to.powerMilliwatts === null) return null;
    return Math.floor(((from.powerMilliwatts + to.powerMilliwatts) * ms) / 2000);
  });
}

const byDevice = (a: DeviceStretch, b: DeviceStretch): number =>
  compareUtf8(a.host, b.host) ||
  compareUtf8(a.device.uuid, b.device.uuid) ||
  compareUtf8(a.device.instance, b.device.instance) ||
  a.start - b.start;
