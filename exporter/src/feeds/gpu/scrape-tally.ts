import type { Issue, IssueCode } from '../../facts/issue';
import type { Sample } from '../scrape/exposition';
import { issueOf } from '../metaflow/issue';
import { ownText } from '../own-text';
import type { ValueFault } from './gpu-value';

/** Why a line of a GPU scrape is left out. */
export type DropReason =
  ValueFault | 'parse' | 'missing_uuid' | 'unsupported' | 'duplicate' | 'conflict' | 'future' | 'late';

type Telling = { readonly code: IssueCode; readonly reason: string; readonly remedy: string };

const CLOCK_REMEDY = 'Set the clock of the machine that writes the time, or have the exporter send none.';

/** What people are told; the other reasons are everyday life of an exporter and are only counted. */
const TELLINGS: { readonly [reason in DropReason]?: Telling } = {
  missing_uuid: {
    code: 'bad_sample',
    reason: 'A GPU metric has no UUID label, so nobody can say which GPU it is about.',
    remedy: 'Keep the label UUID: a relabelling rule or an old exporter drops it.',
  },
  out_of_range: {
    code: 'bad_sample',
    reason: 'The value is impossible for this metric in its unit.',
    remedy: 'Compare it with nvidia-smi; if its unit changed, add it to feeds.dcgm[].aliases with a scale.',
  },
  conflict: {
    code: 'bad_sample',
    reason: 'The same GPU has two values at the same time; the first is kept.',
    remedy: 'Have one exporter measure each GPU, or drop the second series.',
  },
  unknown_unit: {
    code: 'unknown_unit',
    reason: 'Nothing says which unit this metric is in.',
    remedy: 'Add it to feeds.dcgm[].aliases with its quantity and scale, or give it a HELP that names the unit.',
  },
  future: {
    code: 'clock_skew',
    reason: 'The sample carries a time more than 10 minutes ahead of its receipt.',
    remedy: CLOCK_REMEDY,
  },
  late: {
    code: 'clock_skew',
    reason: 'The sample carries a time more than 10 minutes before its receipt.',
    remedy: CLOCK_REMEDY,
  },
};

const MOST_ISSUES = 100;
const SHOWN_CHARACTERS = 200;

/** The place and text of a line that is left out. */
export type DroppedLine = { readonly line: number; readonly field: string | null; readonly value: string };

/**
 * What became of each line of one scrape. Equal issues are one, with the place of the first; beyond a hundred different
 * ones lines are only counted.
 */
export class ScrapeTally {
  accepted = 0;
  ignored = 0;
  private readonly drops = new Map<DropReason, number>();
  private readonly issues = new Map<string, Issue>();

  /** `place` is where the scrape came from, as people may read it. */
  constructor(
    private readonly feed: string,
    private readonly place: string,
  ) {}

  /** Leaves a sample out. */
  drop(reason: DropReason, { name, line, value }: Sample): void {
    this.count(reason);
    const telling = TELLINGS[reason];
    if (telling) this.tell(telling, { line, field: name, value: String(value) });
  }

  /** Leaves a line out that is no sample. */
  dropLine(why: string, line: DroppedLine): void {
    this.count('parse');
    const remedy = "Look at the line in the exporter's answer; the others of the scrape are used.";
    this.tell({ code: 'bad_sample', reason: `A line cannot be read. ${why}`, remedy }, line);
  }

  dropped(): { readonly [reason: string]: number } {
    return Object.fromEntries([...this.drops].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  told(): Issue[] {
    return [...this.issues.values()];
  }

  private count(reason: DropReason): void {
    this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
  }

  private tell({ code, reason, remedy }: Telling, { line, field, value }: DroppedLine): void {
    const key = `${code} ${field ?? ''} ${reason}`;
    const known = this.issues.get(key);
    if (known) return void this.issues.set(key, { ...known, count: known.count + 1 });
    if (this.issues.size >= MOST_ISSUES) return;
    const place = { file: this.place, line, field: field && ownText(field.slice(0, SHOWN_CHARACTERS)) };
    this.issues.set(ownText(key), issueOf(this.feed, { code, reason, remedy, ...place, value: ownText(value) }));
  }
}
