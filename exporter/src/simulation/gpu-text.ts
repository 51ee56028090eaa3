import type { Instant } from '../units/interval';
import { type PrintedFamily, printFamilies } from './exposition-text';
import { type GpuLoad, gpuLoads, ratioText } from './gpu-load';
import { existsAt } from './host-plan';
import { type GpuEra, type Plan, podsOf, type SimulatedHost } from './world-facts';

/**
 * What the dcgm-exporter of a node prints at an instant; null while the node does not exist. `legacy` nodes have the
 * names, units and labels up to exporter 4.8, `renamed` ones those of DCGM 4.6 and later. Pod labels are the pod's own.
 */
export function gpuText(plan: Plan, host: SimulatedHost, at: Instant): string | null {
  if (!existsAt(host, at)) return null;
  const loads = gpuLoads(host, podsOf(plan), at);
  return printFamilies(FAMILIES[host.era].map((family) => printed(family, { host, loads })));
}

type GpuFamily = {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** Null: this GPU or instance has no such sample. */
  readonly value: (load: GpuLoad, host: SimulatedHost) => string | null;
};

const watts = ({ powerMilliwatts }: GpuLoad): string => (powerMilliwatts / 1000).toFixed(6);
const ratio = ({ percent }: GpuLoad): string => ratioText(percent);
/** A whole GPU alone: under MIG this counter does not exist. */
const wholeOnly =
  (value: (load: GpuLoad) => string) =>
  (load: GpuLoad): string | null =>
    load.instance === null ? value(load) : null;
const mebibytesUsed = ({ percent }: GpuLoad, { gpuMemoryMib }: SimulatedHost): number =>
  Math.round((gpuMemoryMib * percent) / 125);

const ENERGY: GpuFamily = {
  name: 'DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION',
  type: 'counter',
  help: 'Total energy consumption since boot (in mJ).',
  value: ({ energyMillijoules }) => String(energyMillijoules),
};

const LEGACY: readonly GpuFamily[] = [
  { name: 'DCGM_FI_DEV_GPU_TEMP', type: 'gauge', help: 'GPU temperature (in C).', value: wholeOnly(() => '41') },
  { name: 'DCGM_FI_DEV_POWER_USAGE', type: 'gauge', help: 'Power draw (in W).', value: watts },
  ENERGY,
  {
    name: 'DCGM_FI_DEV_GPU_UTIL',
    type: 'gauge',
    help: 'GPU utilization (in %).',
    value: wholeOnly(({ percent }) => String(percent)),
  },
  {
    name: 'DCGM_FI_DEV_FB_USED',
    type: 'gauge',
    help: 'Framebuffer memory used (in MiB).',
    value: (load, host) => String(mebibytesUsed(load, host)),
  },
  {
    name: 'DCGM_FI_PROF_GR_ENGINE_ACTIVE',
    type: 'gauge',
    help: 'Ratio of time the graphics engine is active.',
    value: ratio,
  },
];

/** The energy counter is left as it is in 4.6; the name that 4.9 gives it is not known for sure. */
const RENAMED: readonly GpuFamily[] = [
  { name: 'DCGM_FI_DEV_BOARD_POWER_WATTS', type: 'gauge', help: 'Power draw (in W).', value: watts },
  ENERGY,
  {
    name: 'DCGM_FI_DEV_GPU_UTIL_RATIO',
    type: 'gauge',
    help: 'GPU utilization, from 0 to 1.',
    value: wholeOnly(({ percent }) => ratioText(percent)),
  },
  {
    name: 'DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO',
    type: 'gauge',
    help: 'Ratio of time the graphics engine is active.',
    value: ratio,
  },
];

const FAMILIES: Record<GpuEra, readonly GpuFamily[]> = { legacy: LEGACY, renamed: RENAMED };

/** The label of the node's name, and that of its driver. */
const LABELS: Record<GpuEra, readonly [string, string]> = {
  legacy: ['Hostname', 'DCGM_FI_DRIVER_VERSION'],
  renamed: ['hostname', 'DCGM_FI_SYSTEM_DRIVER_VERSION'],
};

function printed(
  { value, ...family }: GpuFamily,
  { host, loads }: { host: SimulatedHost; loads: readonly GpuLoad[] },
): PrintedFamily {
  const samples = loads.flatMap((load) => {
    const text = value(load, host);
    return text === null ? [] : [{ labels: labelsOf(load, host), value: text }];
  });
  return { ...family, samples };
}

function labelsOf({ gpu, uuid, instance, pod }: GpuLoad, host: SimulatedHost): [string, string][] {
  const [hostLabel, driverLabel] = LABELS[host.era];
  const { mig } = host;
  return [
    ['gpu', String(gpu)],
    ['UUID', uuid],
    ['pci_bus_id', `00000000:${(16 + gpu).toString(16).toUpperCase()}:00.0`],
    ['device', `nvidia${gpu}`],
    ['modelName', host.gpuModel],
    ...(instance === null || mig === null
      ? []
      : [
          ['GPU_I_PROFILE', mig.profile] as [string, string],
          ['GPU_I_ID', String(FIRST_INSTANCE_ID + instance)] as [string, string],
        ]),
    [hostLabel, host.name],
    [driverLabel, '550.144.03'],
    ...(pod === null
      ? []
      : [
          ['container', pod.container] as [string, string],
          ['namespace', pod.namespace] as [string, string],
          ['pod', pod.name] as [string, string],
        ]),
  ];
}

/** The driver numbers GPU instances of one slice from here. */
const FIRST_INSTANCE_ID = 7;
