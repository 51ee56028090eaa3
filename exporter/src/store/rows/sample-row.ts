import { z } from 'zod';
import { assert } from '../../assert';
import type { DeviceStretch, GpuSample } from '../../facts/gpu-sample';
import { podTexts } from '../../facts/pod';
import type { Row } from '../engine';
import { int64Text, numberCell } from './scalars';

const WHOLE_PPM = 1_000_000;

/**
 * A sample → one row of `gpu_samples`; power and energy in whole mW and mJ.
 * @throws InvariantError when an activity is no share: its parser should have left it out.
 */
export function rowOfSample(sample: GpuSample, precedence: bigint): Row {
  const { host, device, at, holdsMs, activityPpm, signal, pods, model, profile } = sample;
  const isShare = activityPpm === null || (activityPpm >= 0 && activityPpm <= WHOLE_PPM);
  assert(isShare, `The activity of ${device.uuid} on ${host} is ${activityPpm} ppm.`);
  return {
    host,
    uuid: device.uuid,
    instance: device.instance,
    at: int64Text(at),
    precedence: precedence.toString(),
    holds_ms: holdsMs,
    activity_ppm: activityPpm === null ? null : Math.round(activityPpm),
    signal,
    power_mw: wholeText(sample.powerMilliwatts),
    energy_mj: wholeText(sample.energyMillijoules),
    pods: [...new Set(pods.flatMap(podTexts))].sort(),
    model,
    profile,
  };
}

const wholeText = (value: number | null): string | null => (value === null ? null : int64Text(Math.round(value)));

/** One measured row → the fact. */
export const stretchRow = z
  .object({
    host: z.string(),
    uuid: z.string(),
    instance: z.string(),
    stretch_profile: z.string().nullable(),
    stretch_start: numberCell,
    stretch_end: numberCell,
    active: z.boolean(),
    ppm_ms: numberCell,
    energy: numberCell.nullable(),
    named_pods: z.array(z.string()),
  })
  .transform(({ host, uuid, instance, active, ...row }): DeviceStretch => ({
    host,
    device: { uuid, instance },
    profile: row.stretch_profile,
    start: row.stretch_start,
    end: row.stretch_end,
    active,
    activityPpmMs: row.ppm_ms,
    energyMillijoules: row.energy,
    pods: row.named_pods,
  }));
