/** What a metric tells of a GPU. The first three are activity, by the signal that tells it. */
export type Quantity = 'gr_engine' | 'gpu_util' | 'nvml' | 'power' | 'energy';

/** A unit that a metric comes in. `percent_or_ratio` is settled by what a scrape shows. */
export type GpuUnit = 'ratio' | 'percent' | 'percent_or_ratio' | 'watts' | 'joules' | 'millijoules';

/**
 * A user's own name for a quantity: value × `scale` is in the base unit (ratio, watts, joules). Wins over the table.
 */
export type MetricAlias = { readonly name: string; readonly quantity: Quantity; readonly scale: number };

/** What a metric name means; of several names for one quantity on one device, the lowest `rank` is read. */
export type MetricMeaning = {
  readonly quantity: Quantity;
  readonly unit: GpuUnit;
  /** Applied before the unit's own. */
  readonly scale: number;
  readonly rank: number;
};

type Row = readonly [name: string, quantity: Quantity, unit: GpuUnit];

/**
 * Every name under which a quantity is known, best first. Sources: dcgm-exporter etc/default-counters.csv and its 1.x
 * compatibility list; go-dcgm pkg/dcgm/const_fields.go for the names of DCGM 4.6, whose GPU_UTIL_RATIO is a percentage
 * there and a ratio from 4.7 on; nvidia_gpu_exporter internal/exporter.
 */
const TABLE: readonly Row[] = [
  ['DCGM_FI_PROF_GR_ENGINE_ACTIVE', 'gr_engine', 'ratio'],
  ['DCGM_FI_PROF_GR_ENGINE_UTIL_RATIO', 'gr_engine', 'ratio'],
  ['dcgm_fi_prof_gr_engine_active', 'gr_engine', 'ratio'],
  ['nvidia_smi_mig_graphics_activity_ratio', 'gr_engine', 'ratio'],

  ['DCGM_FI_DEV_GPU_UTIL', 'gpu_util', 'percent'],
  ['DCGM_FI_DEV_GPU_UTIL_RATIO', 'gpu_util', 'percent_or_ratio'],
  ['dcgm_gpu_utilization', 'gpu_util', 'percent'],

  ['nvidia_smi_utilization_gpu_ratio', 'nvml', 'ratio'],

  ['DCGM_FI_DEV_POWER_USAGE', 'power', 'watts'],
  ['DCGM_FI_DEV_BOARD_POWER_WATTS', 'power', 'watts'],
  ['dcgm_power_usage', 'power', 'watts'],
  ['nvidia_smi_power_draw_watts', 'power', 'watts'],
  ['nvidia_smi_power_draw_average_watts', 'power', 'watts'],
  ['DCGM_FI_DEV_POWER_USAGE_INSTANT', 'power', 'watts'],
  ['DCGM_FI_DEV_BOARD_POWER_RAW_WATTS', 'power', 'watts'],
  ['nvidia_smi_power_draw_instant_watts', 'power', 'watts'],

  ['DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION', 'energy', 'millijoules'],
  ['dcgm_total_energy_consumption', 'energy', 'millijoules'],
  ['nvidia_smi_energy_joules_total', 'energy', 'joules'],
];

/**
 * What a name that the table lacks must hold, and how it must end, to be the board's energy in joules (DCGM 4.7 on).
 */
const BOARD_ENERGY = ['_TOTAL_ENERGY', '_BOARD_ENERGY', '_DEV_ENERGY'];
const JOULES = ['_JOULES', '_JOULES_TOTAL'];
const JOULES_MEANING: MetricMeaning = { quantity: 'energy', unit: 'joules', scale: 1, rank: TABLE.length };

const ALIAS_UNITS: { readonly [quantity in Quantity]: GpuUnit } = {
  gr_engine: 'ratio',
  gpu_util: 'ratio',
  nvml: 'ratio',
  power: 'watts',
  energy: 'joules',
};

/** The names one feed understands: the built-in table, the user's own above it. */
export class MetricNames {
  private readonly known = new Map<string, MetricMeaning>(
    TABLE.map(([name, quantity, unit], rank) => [name, { quantity, unit, scale: 1, rank }]),
  );

  constructor(aliases: readonly MetricAlias[] = []) {
    aliases.forEach(({ name, quantity, scale }, index) => {
      this.known.set(name, { quantity, unit: ALIAS_UNITS[quantity], scale, rank: index - aliases.length });
    });
  }

  /**
   * What a metric means; null for one that is not needed. A counter's `_total`, which OpenMetrics adds, may be missing.
   */
  meaningOf(name: string): MetricMeaning | null {
    const known = this.known.get(name) ?? (name.endsWith('_total') ? this.known.get(name.slice(0, -6)) : undefined);
    return known ?? (isBoardJoules(name) ? JOULES_MEANING : null);
  }
}

/** Whether a metric comes from a GPU exporter, needed or not. */
export function isGpuMetric(name: string): boolean {
  return name.startsWith('DCGM_') || name.startsWith('dcgm_') || name.startsWith('nvidia_smi_');
}

/** Whether a name that nothing explains looks like energy: then its unit must be asked for, never guessed. */
export function looksLikeEnergy(name: string): boolean {
  return name.toLowerCase().includes('energy');
}

function isBoardJoules(name: string): boolean {
  return (
    name.startsWith('DCGM_FI_') &&
    JOULES.some((suffix) => name.endsWith(suffix)) &&
    BOARD_ENERGY.some((part) => name.includes(part))
  );
}
