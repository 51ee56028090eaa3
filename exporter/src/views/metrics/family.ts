import type { CataloguedMetric, LabelsOf } from '../../contract/metrics';
import type { PublishedState } from '../../facts/published';
import type { SlottedRuns } from './run-slots';
import type { SlottedWorkloads } from './workload-slots';

/** What the families of one published state are made from. */
export type Shown = {
  readonly state: PublishedState;
  readonly runs: SlottedRuns;
  readonly workloads: SlottedWorkloads;
};

/** One line of the exposition; every label of its metric is there. */
export type Sample<M extends CataloguedMetric> = { readonly labels: LabelsOf<M>; readonly value: number };

/** A family of the catalogue bound to what fills it. */
export type Family<Source> = {
  readonly metric: CataloguedMetric;
  readonly samples: (
    source: Source,
  ) => Iterable<{ readonly labels: Readonly<Record<string, string>>; readonly value: number }>;
};

/** Binds a family of the catalogue to its samples; another metric, or a missing label, does not compile. */
export function bindFamily<M extends CataloguedMetric, Source = Shown>(
  metric: M,
  samples: (source: Source) => Iterable<Sample<M>>,
): Family<Source> {
  return { metric, samples };
}
