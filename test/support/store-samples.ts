import type { DeviceStretch, GpuSample } from '../../exporter/src/facts/gpu-sample';
import { NOON } from './store-facts';

/** A sample in words: seconds after {@link NOON}, activity in ppm, energy in J, power in W. */
export type SampleSpec = {
  readonly at: number;
  readonly ppm?: number | null;
  readonly holds?: number;
  readonly pods?: readonly string[];
  readonly joules?: number;
  readonly watts?: number;
  readonly instance?: string;
  readonly profile?: string;
};

/** Samples of one GPU of a host, 60 s each where nothing else is said, at 80 % where nothing else is. */
export function samplesOf(host: string, specs: readonly SampleSpec[]): GpuSample[] {
  return specs.map(({ at, ppm = 800_000, holds = 60, pods = ['a'], joules, watts, instance = '', profile }) => ({
    host,
    device: { uuid: `GPU-of-${host}`, instance },
    at: NOON + at * 1000,
    holdsMs: holds * 1000,
    activityPpm: ppm,
    signal: ppm === null ? null : 'gr_engine',
    powerMilliwatts: watts === undefined ? null : watts * 1000,
    energyMillijoules: joules === undefined ? null : joules * 1000,
    pods: pods.map((name) => ({ uid: null, namespace: 'ns', name })),
    model: 'NVIDIA H100 80GB HBM3',
    profile: profile ?? null,
  }));
}

/** One spec every `step` seconds from `from` to `to`, both included. */
export function every(step: number, [from, to]: readonly [number, number], over: Omit<SampleSpec, 'at'> = {}) {
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => ({
    at: from + index * step,
    ...over,
  }));
}

/** A stretch in words: `0..90 active a`, with the mean activity where it is not 80 % or 0. */
export function inWords({ device, profile, start, end, active, activityPpmMs, pods }: DeviceStretch): string {
  const seconds = (at: number): number => (at - NOON) / 1000;
  const mean = Math.round(activityPpmMs / (end - start) / 10_000);
  const names = pods.map((text) => text.replace('name:ns/', '')).join('+');
  const of = device.instance === '' ? '' : ` ${device.instance}:${profile}`;
  const share = mean === (active ? 80 : 0) ? '' : ` ${mean}%`;
  return `${seconds(start)}..${seconds(end)} ${active ? 'active' : 'idle'}${share} ${names}${of}`;
}
