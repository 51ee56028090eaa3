import type { Sample } from '../scrape/exposition';
import type { GpuUnit, MetricMeaning } from './metric-names';

/** Which unit a metric with two possible ones was seen in, by metric name; one target's, kept from scrape to scrape. */
export type UnitMemory = Map<string, 'percent' | 'ratio'>;

/** Why a value is none. */
export type ValueFault = 'nan' | 'sentinel' | 'out_of_range' | 'unknown_unit';

type Measure = {
  /** To parts per million, milliwatts or millijoules. */
  readonly scale: number;
  /** The largest plausible value, scaled. */
  readonly most: number;
  /** What is over the whole by less than `most` allows is the whole. */
  readonly whole: number;
};

const MEASURES: { readonly [unit in Exclude<GpuUnit, 'percent_or_ratio'>]: Measure } = {
  ratio: { scale: 1_000_000, most: 1_050_000, whole: 1_000_000 },
  percent: { scale: 10_000, most: 1_005_000, whole: 1_000_000 },
  watts: { scale: 1000, most: 1e8 - 1, whole: Infinity },
  joules: { scale: 1000, most: 1e17 - 16, whole: Infinity },
  millijoules: { scale: 1, most: 1e17 - 16, whole: Infinity },
};

/** DCGM's blanks of INT32, FP64 and INT64 (dcgm_structs.h): each begins a band of reasons why there is no value. */
const BLANKS = [2_147_483_632, 140_737_488_355_328];
const BLANK_BAND = 16;
const INT64_BLANK = 9.2e18;

/** Whether DCGM says "no value" by a number in place of a gauge: everything from its smallest blank on does. */
function isGaugeSentinel(value: number): boolean {
  return value >= BLANKS[0]! && value !== Infinity;
}

/** The same of a counter, which may pass the smaller blanks on its way: there only the 16 numbers from each on do. */
export function isCounterSentinel(value: number): boolean {
  if (value >= INT64_BLANK) return value !== Infinity;
  return BLANKS.some((blank) => value >= blank && value < blank + BLANK_BAND);
}

/**
 * A sample's value as a whole number of parts per million, milliwatts or millijoules, or why it is none. Activity over
 * 1 by at most 5 % (half a percent where it comes in percent) is 1.
 */
export function readValue(
  { value }: Sample,
  { quantity, scale }: MetricMeaning,
  unit: Exclude<GpuUnit, 'percent_or_ratio'> | null,
): number | ValueFault {
  if (Number.isNaN(value)) return 'nan';
  if (quantity === 'energy' ? isCounterSentinel(value) : isGaugeSentinel(value)) return 'sentinel';
  if (value < 0) return 'out_of_range';
  if (value === 0) return 0;
  if (unit === null) return 'unknown_unit';
  const measure = MEASURES[unit];
  const scaled = value * scale * measure.scale;
  return scaled <= measure.most ? Math.round(Math.min(scaled, measure.whole)) : 'out_of_range';
}

/**
 * Which unit a family's values are in; null where nothing tells: then only 0 can be read. For `percent_or_ratio` a HELP
 * with "%" says percent; so does any value over 1, since DCGM's percentage is a whole number, and a fraction says
 * ratio. Ones alone say nothing: then it is what the target showed before.
 */
export function unitOf(
  family: { readonly name: string; readonly help: string | null; readonly samples: readonly Sample[] },
  { unit }: MetricMeaning,
  memory: UnitMemory,
): Exclude<GpuUnit, 'percent_or_ratio'> | null {
  if (unit !== 'percent_or_ratio') return unit;
  const shown = family.help?.includes('%') ? 'percent' : shownUnit(family.samples);
  if (shown !== null) memory.set(family.name, shown);
  return shown ?? memory.get(family.name) ?? null;
}

function shownUnit(samples: readonly Sample[]): 'percent' | 'ratio' | null {
  const most = MEASURES.ratio.most / MEASURES.ratio.scale;
  let shown: 'ratio' | null = null;
  for (const { value } of samples) {
    if (!(value >= 0) || isGaugeSentinel(value) || value === Infinity) continue;
    if (value > most) return 'percent';
    if (!Number.isInteger(value)) shown = 'ratio';
  }
  return shown;
}
