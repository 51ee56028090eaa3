import type { Dimension } from './run';

/** Translates what a rule found; a value that it lacks is a miss. Null: the value stands as found. */
export type ValueMap = { readonly [found: string]: string } | null;

/** One place to look for a run's team, project, …. */
export type DimensionRule =
  | { readonly from: 'tag' | 'system_tag'; readonly name: string; readonly map: ValueMap }
  | { readonly from: 'user'; readonly map: ValueMap }
  /** `path` is the Config's name and the keys below it. */
  | { readonly from: 'config'; readonly path: readonly string[]; readonly map: ValueMap };

/** The rules of every dimension, in the order in which they are tried. */
export type DimensionRules = { readonly [dimension in Dimension]: readonly DimensionRule[] };
