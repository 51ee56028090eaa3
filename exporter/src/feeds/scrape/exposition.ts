/** One sample line of an exposition; `line` counts from 1. Duplicate series are not merged here. */
export type Sample = {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
  /** UTC ms; null where the line carries none. */
  readonly at: number | null;
  readonly line: number;
};

/** The samples of one metric family, with what TYPE and HELP say of it. */
export type Family = {
  readonly name: string;
  readonly type: string | null;
  readonly help: string | null;
  readonly samples: readonly Sample[];
};

/** A line that is none, and why. */
export type BadLine = { readonly line: number; readonly text: string; readonly reason: string };

/** A parsed exposition: families by name, and the lines that were left out. */
export type Exposition = { readonly families: ReadonlyMap<string, Family>; readonly badLines: readonly BadLine[] };
