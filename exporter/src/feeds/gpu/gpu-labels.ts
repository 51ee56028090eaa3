import type { GpuDevice } from '../../facts/gpu-sample';
import type { PodRef } from '../../facts/pod';
import type { Target } from '../scrape/settings';

type Labels = ReadonlyMap<string, string>;

/**
 * Labels that Prometheus attaches to what it scraped: they tell that a series did not come from its exporter directly.
 */
const TARGET_LABELS = ['instance', 'job'];
const WORKLOAD_LABELS = ['pod', 'namespace', 'container'];
const EXPORTER_POD = 'dcgm-exporter';

/** The GPU or GPU instance of a series; null without a UUID. */
export function deviceOf(labels: Labels): GpuDevice | null {
  const uuid = gpuUuidOf(labels);
  const instance = labels.get('GPU_I_ID') ?? labels.get('gpu_instance_id') ?? '';
  return uuid === null ? null : { uuid, instance };
}

/** A GPU's UUID in NVIDIA's form, `GPU-` and lower case: nvidia_gpu_exporter leaves the prefix out. */
function gpuUuidOf(labels: Labels): string | null {
  const text = (textOf(labels, 'UUID') ?? textOf(labels, 'uuid'))?.trim().toLowerCase();
  if (!text || text === 'gpu-') return null;
  return `GPU-${text.startsWith('gpu-') ? text.slice(4) : text}`;
}

/**
 * The host a series is about: what the target's configuration says, since it is written to overrule an exporter that
 * names its own container; else what the exporter says; else the host of the target's address.
 */
export function hostOf(labels: Labels, target: Target): string {
  return target.host ?? textOf(labels, 'Hostname') ?? textOf(labels, 'hostname') ?? addressOf(target).host;
}

/** Where a target is, without what an address may hide: its host, and `host:port/path` for people. */
export function addressOf({ url }: Target): { host: string; place: string } {
  if (!URL.canParse(url)) return { host: '', place: '' };
  const { hostname, host, pathname } = new URL(url);
  return { host: hostname.replace(/^\[|\]$/g, ''), place: `${host}${pathname}` };
}

/**
 * The workload's pod, null where a series names none. Three label sets are tried whole and never mixed: `exported_*`,
 * which Prometheus makes of labels that clash with its own; `pod_name` and `pod_namespace` of dcgm-exporter 1.x; and
 * the plain ones, which behind a Prometheus name the exporter's own pod unless it honors labels.
 */
export function podOf(labels: Labels, { honorLabels }: { readonly honorLabels: boolean }): PodRef | null {
  const uid = textOf(labels, 'exported_pod_uid') ?? textOf(labels, 'pod_uid');
  if (WORKLOAD_LABELS.some((label) => textOf(labels, `exported_${label}`) !== null))
    return podRef(uid, textOf(labels, 'exported_namespace'), textOf(labels, 'exported_pod'));
  if (textOf(labels, 'pod_name') !== null)
    return podRef(uid, textOf(labels, 'pod_namespace'), textOf(labels, 'pod_name'));
  const direct = honorLabels || TARGET_LABELS.every((label) => textOf(labels, label) === null);
  const pod = textOf(labels, 'pod');
  if (!direct || pod === null || isExporterPod(pod, labels)) return null;
  return podRef(uid, textOf(labels, 'namespace'), pod);
}

/** Whether a plain pod label names the exporter itself: by its usual name, its address or its own hostname. */
function isExporterPod(pod: string, labels: Labels): boolean {
  const instance = labels.get('instance') ?? '';
  return (
    pod.includes(EXPORTER_POD) ||
    pod === instance.replace(/:\d+$/, '') ||
    pod === (textOf(labels, 'Hostname') ?? textOf(labels, 'hostname'))
  );
}

/** A label's value; null where it is absent or empty, which means the same. */
export function textOf(labels: Labels, label: string): string | null {
  return labels.get(label) || null;
}

function podRef(uid: string | null, namespace: string | null, name: string | null): PodRef | null {
  return namespace === null || name === null ? null : { uid, namespace, name };
}
