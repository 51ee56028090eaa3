import type { Issue } from '../../facts/issue';
import type { Instant } from '../../units/interval';
import { issueOf } from '../metaflow/issue';
import type { Exposition, Sample } from '../scrape/exposition';

const EARLIEST: Instant = Date.UTC(2000, 0, 1);
const TOLERANCE_MS = 10 * 60_000;
const GRACE_MS = 24 * 3_600_000;

/** Why a sample was left out. */
export type DropReason = 'nan' | 'out_of_range' | 'future' | 'no_pod' | 'no_node';

/**
 * The samples of one exposition by series name, whatever family holds them (OpenMetrics files `kube_pod_info` under
 * `kube_pod`), with a tally of those that were refused.
 */
export class StateSeries {
  private readonly byName = new Map<string, Sample[]>();
  private readonly used = new Map<string, Sample[]>();
  private readonly dropped = new Map<Sample, DropReason>();

  /** `receivedAt`, UTC ms, is what times in the future are told by. */
  constructor(
    private readonly exposition: Exposition,
    private readonly receivedAt: Instant,
  ) {
    for (const family of exposition.families.values())
      for (const sample of family.samples) {
        if (!sample.name.startsWith('kube_')) continue;
        const known = this.byName.get(sample.name);
        if (known === undefined) this.byName.set(sample.name, [sample]);
        else known.push(sample);
      }
  }

  /** True when the source knows a series at all, with samples or without. */
  knows(name: string): boolean {
    return this.exposition.families.has(name) || this.byName.has(name);
  }

  /** The samples of one series whose value is a number. */
  of(name: string): readonly Sample[] {
    const known = this.used.get(name);
    if (known !== undefined) return known;
    const samples = this.byName.get(name) ?? [];
    for (const sample of samples) if (Number.isNaN(sample.value)) this.drop(sample, 'nan');
    const numbers = samples.filter((sample) => !this.dropped.has(sample));
    this.used.set(name, numbers);
    return numbers;
  }

  /** A sample's value, unix seconds, as UTC ms; null, and counted, when it is before 2000 or in the future. */
  instantOf(sample: Sample): Instant | null {
    const instant = Math.round(sample.value * 1000);
    const tolerance = sample.name.endsWith('_deletion_timestamp') ? GRACE_MS : TOLERANCE_MS;
    if (instant >= EARLIEST && instant <= this.receivedAt + tolerance) return instant;
    this.drop(sample, instant > this.receivedAt ? 'future' : 'out_of_range');
    return null;
  }

  /** A sample's value as an amount, finite and not negative; null, and counted, when it is none. */
  amountOf(sample: Sample): number | null {
    if (sample.value >= 0 && sample.value <= Number.MAX_SAFE_INTEGER) return sample.value;
    this.drop(sample, 'out_of_range');
    return null;
  }

  /** Counts a sample as refused, once. */
  drop(sample: Sample, reason: DropReason): void {
    if (!this.dropped.has(sample)) this.dropped.set(sample, reason);
  }

  /** How many samples became facts. */
  get accepted(): number {
    const read = [...this.used.values()].reduce((sum, samples) => sum + samples.length, 0);
    return read - [...this.dropped.values()].filter((reason) => reason !== 'nan').length;
  }

  /** How many were refused, by reason. */
  get refused(): { [reason: string]: number } {
    const counts: { [reason: string]: number } = {};
    for (const reason of this.dropped.values()) counts[reason] = (counts[reason] ?? 0) + 1;
    return counts;
  }

  /** One issue a series and reason, with the first sample as its place. */
  issues(feed: string): Issue[] {
    const groups = new Map<string, { reason: DropReason; first: Sample; count: number }>();
    for (const [sample, reason] of this.dropped) {
      const key = `${sample.name} ${reason}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { reason, first: sample, count: 1 });
      else group.count += 1;
    }
    return [...groups.values()].map(({ reason, first, count }) =>
      issueOf(feed, {
        code: reason === 'future' ? 'clock_skew' : 'bad_sample',
        field: first.name,
        line: first.line,
        value: String(first.value),
        reason: REASONS[reason],
        remedy: REMEDIES[reason],
        count,
      }),
    );
  }
}

const REASONS: { readonly [reason in DropReason]: string } = {
  nan: 'is not a number',
  out_of_range: 'is not possible here: a time before the year 2000, or an amount below 0',
  future: 'is a time more than ten minutes in the future',
  no_pod: 'names no pod: uid, namespace and pod cannot be told',
  no_node: 'names no node',
};

const REMEDIES: { readonly [reason in DropReason]: string } = {
  nan: 'Nothing to do where it is rare; else look at what kube-state-metrics itself answers.',
  out_of_range: 'Look at what kube-state-metrics answers; a time has to be in seconds.',
  future: 'Synchronize the clocks of the nodes, of the API server and of this machine.',
  no_pod: 'Scrape kube-state-metrics itself, or set honor_labels in the Prometheus between it and here.',
  no_node: 'Scrape kube-state-metrics itself, or set honor_labels in the Prometheus between it and here.',
};

/**
 * What a sample says of its object. Behind a Prometheus without honor_labels the object's own labels arrive as
 * `exported_…` and the plain ones name kube-state-metrics itself: pod, namespace and container are taken from one set.
 */
export function objectLabel(
  { labels }: Sample,
  name: 'namespace' | 'pod' | 'container' | 'node' | 'uid',
): string | null {
  const exported = labels.get(`exported_${name}`);
  const behindPrometheus = labels.has('exported_pod') || labels.has('exported_namespace');
  const ownOnly = name === 'namespace' || name === 'pod' || name === 'container';
  return exported || (behindPrometheus && ownOnly ? null : labels.get(name) || null);
}
