import type { DeviceStretch, GpuSample } from '../facts/gpu-sample';
import { type Issue, NOWHERE } from '../facts/issue';
import type { FeedHealth, TelemetryReach } from '../facts/published';
import { podTexts } from '../facts/pod';
import type { Store } from '../store/store';
import type { Instant, Interval } from '../units/interval';
import { gpusFromNanoGpus } from '../units/quantity';
import { type Estate, hostNamed } from './estate';
import type { KeptGpus } from './feed-progress';

/** Stretches by host, oldest first. */
export type StretchesByHost = ReadonlyMap<string, readonly DeviceStretch[]>;

/** Activity above which a device counts as active, in ppm: 1 %. */
const ACTIVE_PPM = 10_000;
/** How long nothing was heard of a device until it is no longer seen; the longest that a sample may speak. */
const SEEN_MS = 75_000;
const FORGOTTEN_MS = 3_600_000;
/** Samples that wait for a store that cannot take them; beyond that the oldest are lost. */
const WAITING_SAMPLES = 2_000_000;
/** Measuring the open hours takes a twentieth of the time at most, and is at most this fresh. */
const MEASURE_EVERY_MS = 15_000;
const MEASURE_SHARE = 20;

/** GPU telemetry: keeps what arrives, and tells what was active when. */
export class Telemetry {
  readonly #feeds: readonly KeptGpus[];
  readonly #store: Store;
  readonly #estate: Estate;
  readonly #latest = new Map<string, Map<string, GpuSample>>();
  #waiting: GpuSample[] = [];
  #measured: { readonly span: Interval; readonly until: Instant; readonly stretches: StretchesByHost } | null = null;

  constructor({ feeds, store, estate }: { feeds: readonly KeptGpus[]; store: Store; estate: Estate }) {
    this.#feeds = feeds;
    this.#store = store;
    this.#estate = estate;
  }

  /** True when any feed brings GPU telemetry. */
  get isOn(): boolean {
    return this.#feeds.length > 0;
  }

  /** Keeps what has arrived and returns what was doubtful; samples that the store refuses wait for the next time. */
  async take(): Promise<Issue[]> {
    const issues: Issue[] = [];
    const unknown = new Map<string, { feed: string; count: number }>();
    for (const feed of this.#feeds) {
      const batch = feed.take();
      issues.push(...batch.issues);
      for (const sample of batch.samples) {
        const host = hostNamed(this.#estate, sample.host);
        if (host !== null) this.#keep({ ...sample, host });
        else unknown.set(sample.host, { feed: feed.name, count: (unknown.get(sample.host)?.count ?? 0) + 1 });
      }
    }
    if (this.#waiting.length > WAITING_SAMPLES) this.#waiting = this.#waiting.slice(-WAITING_SAMPLES);
    const ready = this.#waiting;
    if (ready.length > 0) await this.#store.appendSamples(ready);
    this.#waiting = [];
    return [...issues, ...[...unknown].map(([host, { feed }]) => unknownHost(host, feed))];
  }

  /** Stretches of the open hours of all hosts, measured again when they are old. */
  async open(span: Interval, now: Instant): Promise<StretchesByHost> {
    const known = this.#measured;
    if (known && now < known.until && known.span.start <= span.start) return known.stretches;
    const startedAt = performance.now();
    const stretches = await this.during([...this.#estate.hosts.keys()], span);
    const tookMs = performance.now() - startedAt;
    const until = now + Math.max(MEASURE_EVERY_MS, tookMs * MEASURE_SHARE);
    this.#measured = { span, until, stretches };
    return stretches;
  }

  /** Stretches of some hosts that share time with a span. */
  async during(hosts: readonly string[], span: Interval): Promise<StretchesByHost> {
    const byHost = new Map<string, DeviceStretch[]>();
    for (const stretch of await this.#store.deviceStretches(hosts, span)) {
      const others = byHost.get(stretch.host);
      if (others) others.push(stretch);
      else byHost.set(stretch.host, [stretch]);
    }
    return byHost;
  }

  /**
   * What every device of a host does now by its newest sample, as if it had done so since `at`: what is read of
   * attempts may be a little older than what is read of devices.
   */
  stretchesAt(host: string, { at, now }: { at: Instant; now: Instant }): DeviceStretch[] {
    const speaking = [...(this.#latest.get(host)?.values() ?? [])].filter(
      ({ at: since, holdsMs }) => now < since + holdsMs,
    );
    return speaking.flatMap(stretchOf).map((stretch) => ({ ...stretch, start: Math.min(at, stretch.start) }));
  }

  /** How many GPUs of each host with GPUs are seen. */
  reach(now: Instant): TelemetryReach[] {
    if (!this.isOn) return [];
    return [...this.#estate.hosts.values()].flatMap(({ host }) => {
      const isPast = (host.to !== null && host.to <= now) || (host.from !== null && host.from > now);
      if (host.gpus === 0n || isPast) return [];
      const devices = [...(this.#latest.get(host.name)?.values() ?? [])].filter(({ at }) => now - at <= SEEN_MS);
      const seen = new Set(devices.map(({ device }) => device.uuid)).size;
      return [{ host: host.name, gpus: gpusFromNanoGpus(host.gpus), seen }];
    });
  }

  /** Forgets devices of which nothing was heard for long. */
  prune(now: Instant): void {
    for (const [host, devices] of this.#latest) {
      for (const [name, { at }] of devices) if (now - at > FORGOTTEN_MS) devices.delete(name);
      if (devices.size === 0) this.#latest.delete(host);
    }
  }

  health(): FeedHealth[] {
    return this.#feeds.flatMap((feed) => feed.health());
  }

  #keep(sample: GpuSample): void {
    this.#waiting.push(sample);
    const devices = this.#latest.get(sample.host) ?? new Map<string, GpuSample>();
    this.#latest.set(sample.host, devices);
    const name = `${sample.device.uuid} ${sample.device.instance}`;
    const known = devices.get(name);
    if (!known || known.at <= sample.at) devices.set(name, sample);
  }
}

function stretchOf({ host, device, profile, at, holdsMs, activityPpm, pods }: GpuSample): DeviceStretch[] {
  if (activityPpm === null) return [];
  return [
    {
      host,
      device,
      profile,
      start: at,
      end: at + holdsMs,
      active: activityPpm > ACTIVE_PPM,
      activityPpmMs: activityPpm * holdsMs,
      energyMillijoules: null,
      pods: pods.flatMap(podTexts),
    },
  ];
}

const unknownHost = (host: string, feed: string): Issue => ({
  ...NOWHERE,
  code: 'unknown_gpu_host',
  feed,
  field: 'hosts[].name',
  value: host,
  reason: `GPU telemetry names the host ${host}, which is neither declared nor a node of a cluster.`,
  remedy: `Name the host of the target (targets: [{url: …, host: <name>}]), or declare ${host} under hosts.`,
});
