import type { ActivitySignal, GpuDevice, GpuSample } from '../../facts/gpu-sample';
import { type PodRef, podTexts } from '../../facts/pod';
import type { Instant } from '../../units/interval';
import { deviceKey, type Reading } from './gpu-reading';
import type { Quantity } from './metric-names';
import type { OwnTexts } from './own-text';
import type { ScrapeTally } from './scrape-tally';

/** The signals of activity, the one that says most first; none is ever mixed with another. */
const SIGNALS: readonly ActivitySignal[] = ['gr_engine', 'gpu_util', 'nvml'];

/** What one scrape says of one device at one moment, before it is one sample. */
type DeviceDraft = {
  readonly device: GpuDevice;
  readonly at: Instant;
  /** Of the device itself; those of an instance when only its board's power was told under it. */
  readonly own: Reading[];
  /** Readings by quantity; the board's power and energy, repeated under each instance, lie at the board. */
  readonly byQuantity: Map<Quantity, Reading[]>;
};

/** Makes one sample of all readings of a device at one moment; what repeats another reading is dropped. */
export function samplesOf(
  readings: readonly Reading[],
  { holdsMs, tally, texts }: { readonly holdsMs: number; readonly tally: ScrapeTally; readonly texts: OwnTexts },
): GpuSample[] {
  const samples: GpuSample[] = [];
  for (const draft of draftsOf(readings)) {
    const values = new Map(
      [...draft.byQuantity].map(([quantity, all]) => [quantity, chooseReading(all, draft, tally)]),
    );
    if (values.size > 0) samples.push(sampleOf(draft, { values, holdsMs, texts }));
  }
  return samples;
}

function draftsOf(readings: readonly Reading[]): Iterable<DeviceDraft> {
  const drafts = new Map<string, DeviceDraft>();
  const draftOf = (device: GpuDevice, at: Instant): DeviceDraft => {
    const key = `${at}|${deviceKey(device)}`;
    const draft = drafts.get(key) ?? { device, at, own: [], byQuantity: new Map<Quantity, Reading[]>() };
    drafts.set(key, draft);
    return draft;
  };
  for (const reading of readings) {
    const { device, at, quantity } = reading;
    draftOf(device, at).own.push(reading);
    const ofBoard = quantity === 'power' || quantity === 'energy';
    const { byQuantity } = draftOf(ofBoard ? { uuid: device.uuid, instance: '' } : device, at);
    const known = byQuantity.get(quantity);
    if (known) known.push(reading);
    else byQuantity.set(quantity, [reading]);
  }
  return drafts.values();
}

/**
 * The reading that speaks for a device: of the best metric name, on the device itself before an instance, and the
 * first. A GPU's own GPU_UTIL comes before those that dcgm-exporter computes for each pod that shares it.
 */
function chooseReading(all: readonly Reading[], { device }: DeviceDraft, tally: ScrapeTally): Reading {
  const rank = Math.min(...new Set(all.map((reading) => reading.rank)));
  const best = all.filter((reading) => reading.rank === rank);
  const own = best.filter((reading) => reading.device.instance === device.instance);
  const perPod = best[0]!.quantity === 'gpu_util' && own.some(({ pod }) => pod === null);
  const chosen = (perPod ? own.find(({ pod }) => pod === null) : own[0]) ?? best[0]!;
  tally.ignored += all.length - best.length;
  countOthers(best, { chosen, perPod, tally });
  return chosen;
}

/** Counts what repeats the chosen reading: a copy that names another pod is used, an equal one is a duplicate. */
function countOthers(
  readings: readonly Reading[],
  { chosen, perPod, tally }: { readonly chosen: Reading; readonly perPod: boolean; readonly tally: ScrapeTally },
): void {
  const pods = new Set(chosen.pod ? [podTexts(chosen.pod)[0]!] : []);
  tally.accepted += 1;
  for (const { sample, value, device, pod } of readings) {
    if (sample === chosen.sample) continue;
    const text = pod && podTexts(pod)[0]!;
    const ofOther = device.instance !== chosen.device.instance;
    const ofPod = perPod && text !== null;
    if (value !== chosen.value && !ofOther && !ofPod) tally.drop('conflict', sample);
    else if (text === null || pods.has(text) || ofOther) tally.drop('duplicate', sample);
    else tally.accepted += 1;
    if (text !== null) pods.add(text);
  }
}

type Chosen = {
  readonly values: ReadonlyMap<Quantity, Reading>;
  readonly holdsMs: number;
  readonly texts: OwnTexts;
};

function sampleOf({ device, at, own, byQuantity }: DeviceDraft, { values, holdsMs, texts }: Chosen): GpuSample {
  const signal = SIGNALS.find((name) => values.has(name)) ?? null;
  const readings = own.length > 0 ? own : [...byQuantity.values()].flat();
  const textOf = (text: string | null | undefined): string | null => (text ? texts.own(text) : null);
  return {
    host: texts.own(readings[0]!.host),
    device: { uuid: texts.own(device.uuid), instance: texts.own(device.instance) },
    at,
    holdsMs,
    activityPpm: signal === null ? null : values.get(signal)!.value,
    signal,
    powerMilliwatts: values.get('power')?.value ?? null,
    energyMillijoules: values.get('energy')?.value ?? null,
    pods: podsOf(own).map(({ uid, namespace, name }) => ({
      uid: textOf(uid),
      namespace: texts.own(namespace),
      name: texts.own(name),
    })),
    model: textOf(readings.find(({ model }) => model)?.model),
    profile: device.instance === '' ? null : textOf(own.find(({ profile }) => profile)?.profile),
  };
}

/** Each pod once: one that is known by its name alone is the same as one of that name with a uid. */
function podsOf(readings: readonly Reading[]): PodRef[] {
  const pods = new Map<string, PodRef>();
  for (const { pod } of readings) if (pod) pods.set(podTexts(pod)[0]!, pod);
  const named = new Set([...pods.values()].filter(({ uid }) => uid !== null).map((pod) => podTexts(pod)[1]!));
  return [...pods.values()].filter((pod) => pod.uid !== null || !named.has(podTexts(pod)[0]!));
}
