/** Where the table of metadata ends, as one state of the database shows it. */
export type TailEnd = {
  /** 0 when the table is empty. */
  readonly newestId: number;
  /** Every transaction before this one is over. */
  readonly oldestOpen: number;
  /** No transaction from this one on has begun to write. */
  readonly nextTransaction: number;
};

/** Ids above which rows are counted, and above which the count of the next look begins. */
export type TailRange = { readonly from: number; readonly next: number };

/** How many rows of a run there are above `from`, and above `next`. */
export type TailCount = { readonly run: string; readonly counted: number; readonly kept: number };

/** What a look found: the runs of which rows came or went since the look before. */
export type TailLook = {
  readonly changed: ReadonlySet<string>;
  /** Rows up to here stay as they are: all were visible in this look, and none comes any more. Null: not known yet. */
  readonly settledId: number | null;
  /** Nothing that was read before counts any more: another table, or it was emptied. */
  readonly isNew: boolean;
};

/** An id is drawn a moment before the transaction that uses it has a number: so many may be in between. */
const OVERLAP = 1000;

type Checkpoint = Pick<TailEnd, 'newestId' | 'nextTransaction'>;

/**
 * Follows the end of a table whose ids are drawn from a sequence and commit in any order. Rows are counted by run above
 * an id below which all transactions are known to be over; a count that differs tells a change, whichever id is late.
 * A look is `range`, then `look`, on one state of the database; a failed one is simply left out.
 */
export class ChangeTail {
  #from: number | null = null;
  #isSettled = false;
  #pending: Checkpoint | null = null;
  #counts: ReadonlyMap<string, number> = new Map();
  #newestId = 0;

  /** Which ids to count. */
  range(end: TailEnd): TailRange {
    if (this.#from === null || this.#hasRestarted(end)) {
      const from = Math.max(0, end.newestId - OVERLAP);
      return { from, next: from };
    }
    return { from: this.#from, next: this.#isOver(end) ? this.#reached(this.#from) : this.#from };
  }

  /** Notes the counts of the range that {@link range} gave for the same `end`. */
  look(end: TailEnd, counts: readonly TailCount[]): TailLook {
    const isNew = this.#from === null || this.#hasRestarted(end);
    const { next } = this.range(end);
    const changed = isNew ? new Set<string>() : this.#differing(counts);
    const isOver = !isNew && this.#isOver(end);
    this.#isSettled = isOver || (this.#isSettled && !isNew);
    if (isNew || isOver) this.#pending = end;
    this.#from = next;
    this.#counts = new Map(counts.filter(({ kept }) => kept > 0).map(({ run, kept }) => [run, kept]));
    this.#newestId = end.newestId;
    return { changed, settledId: this.#isSettled ? next : null, isNew };
  }

  #hasRestarted({ newestId, nextTransaction }: TailEnd): boolean {
    return newestId < this.#newestId || nextTransaction < (this.#pending?.nextTransaction ?? 0);
  }

  #isOver({ oldestOpen }: TailEnd): boolean {
    return this.#pending !== null && this.#pending.nextTransaction <= oldestOpen;
  }

  #reached(from: number): number {
    return Math.max(from, (this.#pending?.newestId ?? 0) - OVERLAP);
  }

  #differing(counts: readonly TailCount[]): Set<string> {
    const now = new Map(counts.map(({ run, counted }) => [run, counted]));
    const runs = [...now.keys(), ...this.#counts.keys()];
    return new Set(runs.filter((run) => now.get(run) !== this.#counts.get(run)));
  }
}
