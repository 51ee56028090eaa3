import type { Issue, IssueCode } from '../../facts/issue';
import { issueOf } from './issue';

/** What is wrong with one row, and where it came from. */
export type FoundFault = {
  readonly code: IssueCode;
  readonly file: string;
  readonly field: string;
  readonly value: string | null;
  readonly reason: string;
};

const REMEDY = 'What cannot be read is left out; correct it in the database of the metadata service.';

/** Gathers faults, and tells each kind once with its first example and how often it was found. */
export class RowFaults {
  readonly #found = new Map<string, { readonly fault: FoundFault; count: number }>();

  /** Notes a fault. */
  add(fault: FoundFault): void {
    const kind = JSON.stringify([fault.code, fault.file, fault.field, fault.reason]);
    const known = this.#found.get(kind);
    if (!known) this.#found.set(kind, { fault, count: 1 });
    else this.#found.set(kind, { fault: smallerOf(known.fault, fault), count: known.count + 1 });
  }

  /** How many there were. */
  get count(): number {
    return [...this.#found.values()].reduce((sum, { count }) => sum + count, 0);
  }

  /** One issue a kind, in an order that does not depend on that of the rows. */
  issues(feed: string): Issue[] {
    const kinds = [...this.#found].sort(([a], [b]) => (a < b ? -1 : 1));
    return kinds.map(([, { fault, count }]) => issueOf(feed, { ...fault, remedy: REMEDY, count }));
  }
}

const smallerOf = (a: FoundFault, b: FoundFault): FoundFault => ((b.value ?? '') < (a.value ?? '') ? b : a);
