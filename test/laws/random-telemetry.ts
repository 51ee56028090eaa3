import fc from 'fast-check';
import type { Attempt } from '../../exporter/src/facts/attempt';
import type { DeviceStretch } from '../../exporter/src/facts/gpu-sample';
import type { PodRef } from '../../exporter/src/facts/pod';
import type { HostHourInput } from '../../exporter/src/ledger/allocate';
import { HOUR_START, randomHostHour } from './random-host-hour';

const MINUTE_MS = 60_000;
const NAMES = ['trainer', 'loader'];

/** Names are used again, uids are not; some sources tell only names. */
const podOf = (place: number, tellsUid: boolean): PodRef => ({
  uid: tellsUid ? `u-${place}` : null,
  namespace: 'ml',
  name: NAMES[place % NAMES.length]!,
});

const labels = fc.oneof(
  { weight: 3, arbitrary: fc.constant<string[]>([]) },
  fc.integer({ min: 0, max: 7 }).map((place) => [`uid:u-${place}`, `name:ml/${NAMES[place % NAMES.length]}`]),
  fc.constantFrom('name:ml/trainer', 'name:ml/loader', 'name:other/trainer').map((name) => [name]),
  fc
    .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }))
    .map((places) => places.map((place) => `uid:u-${place}`)),
);

const length = fc.oneof(
  fc.integer({ min: 1, max: 5 }),
  fc.integer({ min: 1, max: 20 }).map((minutes) => minutes * MINUTE_MS),
  fc.constantFrom(299_999, 300_000, 300_001),
  fc.integer({ min: 1, max: 40 * MINUTE_MS }),
);

const step = fc.record({
  gap: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 10 * MINUTE_MS })),
  length,
  active: fc.boolean(),
  ppm: fc.oneof(fc.constantFrom(0, 1_000_000), fc.integer({ min: 0, max: 1_000_000 })),
  energy: fc.option(fc.integer({ min: 0, max: 3_000_000 }), { nil: null, freq: 3 }),
  labels,
});

const device = fc.constantFrom(
  { uuid: 'GPU-0', instance: '', profile: null },
  { uuid: 'GPU-1', instance: '', profile: null },
  { uuid: 'GPU-2', instance: '', profile: null },
  { uuid: 'GPU-3', instance: '', profile: null },
  { uuid: 'GPU-3', instance: '1', profile: '1g.5gb' },
  { uuid: 'GPU-3', instance: '2', profile: '2g.10gb' },
);

/** One source's stretches of one device, which follow each other; another source may tell of the same device. */
const track: fc.Arbitrary<DeviceStretch[]> = fc
  .tuple(device, fc.oneof(fc.constant(0), fc.integer({ min: -20, max: 20 })), fc.array(step, { maxLength: 5 }))
  .map(([{ uuid, instance, profile }, first, steps]) => {
    let at = HOUR_START + first * MINUTE_MS;
    return steps.map((one) => {
      const start = at + one.gap;
      at = start + one.length;
      const seen = { start, end: at, active: one.active, activityPpmMs: one.ppm * one.length, pods: one.labels };
      return { host: 'h', device: { uuid, instance }, profile, ...seen, energyMillijoules: one.energy };
    });
  });

const isSame = (a: DeviceStretch, b: DeviceStretch): boolean =>
  a.device.uuid === b.device.uuid && a.device.instance === b.device.instance && a.start === b.start && a.end === b.end;

/** A host's hour with attempts of pods and with telemetry by device; no other activity. */
export const randomTelemetry: fc.Arbitrary<HostHourInput & { readonly stretches: readonly DeviceStretch[] }> = fc
  .record({
    story: randomHostHour,
    tracks: fc.array(track, { maxLength: 6 }),
    pods: fc.array(fc.option(fc.boolean(), { nil: null, freq: 5 }), { minLength: 7, maxLength: 7 }),
  })
  .map(({ story, tracks, pods }) => ({
    ...story,
    activity: [],
    holdings: story.holdings.map(({ attempt }, place) => ({ attempt: withPod(attempt, place, pods[place] ?? null) })),
    stretches: tracks
      .flat()
      .filter((stretch, place, all) => all.findIndex((other) => isSame(stretch, other)) === place),
  }));

const withPod = (attempt: Attempt, place: number, tellsUid: boolean | null): Attempt =>
  tellsUid === null ? attempt : { ...attempt, pod: podOf(place, tellsUid) };
