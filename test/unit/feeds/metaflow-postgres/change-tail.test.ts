import fc from 'fast-check';
import { ChangeTail, type TailLook } from '../../../../exporter/src/feeds/metaflow-postgres/change-tail';

/** A table whose rows get their ids when they are written and become visible when their transaction commits. */
class MadeTable {
  #newestId = 0;
  #nextTransaction = 1;
  readonly #open = new Map<number, { id: number; run: string }[]>();
  readonly visible: { id: number; run: string }[] = [];

  begin(): number {
    const transaction = this.#nextTransaction++;
    this.#open.set(transaction, []);
    return transaction;
  }

  write(transaction: number, run: string): void {
    this.#open.get(transaction)!.push({ id: ++this.#newestId, run });
  }

  /** Ids that are drawn and used by nobody. */
  skip(count: number): void {
    this.#newestId += count;
  }

  commit(transaction: number): void {
    this.visible.push(...(this.#open.get(transaction) ?? []));
    this.#open.delete(transaction);
  }

  openTransactions(): number[] {
    return [...this.#open.keys()];
  }

  lookBy(tail: ChangeTail): TailLook {
    const newestId = Math.max(0, ...this.visible.map(({ id }) => id));
    const nextTransaction = this.#nextTransaction;
    const oldestOpen = Math.min(nextTransaction, ...this.#open.keys());
    const end = { newestId, oldestOpen, nextTransaction };
    const { from, next } = tail.range(end);
    const above = (run: string, id: number): number =>
      this.visible.filter((row) => row.run === run && row.id > id).length;
    const runs = [...new Set(this.visible.filter(({ id }) => id > from).map(({ run }) => run))];
    return tail.look(
      end,
      runs.map((run) => ({ run, counted: above(run, from), kept: above(run, next) })),
    );
  }
}

type Step = { readonly kind: 'begin' | 'write' | 'commit' | 'skip' | 'look'; readonly pick: number };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ kind: fc.constantFrom('begin', 'write', 'write', 'commit', 'skip', 'look'), pick: fc.nat(7) }),
  { minLength: 30, maxLength: 150 },
);

/** Plays the steps; after each look `check` is told what had become visible since the one before. */
function play(played: readonly Step[], check: (look: TailLook, fresh: { id: number; run: string }[]) => void): void {
  const table = new MadeTable();
  const tail = new ChangeTail();
  let seen = 0;
  table.lookBy(tail);
  for (const { kind, pick } of [...played, { kind: 'look', pick: 0 } as Step]) {
    const open = table.openTransactions();
    const one = open[pick % Math.max(1, open.length)];
    if (kind === 'begin') table.begin();
    if (kind === 'skip') table.skip(pick * 700);
    if (kind === 'write' && one !== undefined) table.write(one, `run ${pick % 3}`);
    if (kind === 'commit' && one !== undefined) table.commit(one);
    if (kind !== 'look') continue;
    check(table.lookBy(tail), table.visible.slice(seen));
    seen = table.visible.length;
  }
}

describe('The tail of a table', () => {
  it('names every run of which a row became visible, in whatever order transactions commit, and no other', () => {
    fc.assert(
      fc.property(steps, (played) =>
        play(played, ({ changed }, fresh) => {
          expect([...changed].sort()).toEqual([...new Set(fresh.map(({ run }) => run))].sort());
        }),
      ),
      { numRuns: 500 },
    );
  });

  it('never calls an id settled below which a row still becomes visible', () => {
    fc.assert(
      fc.property(steps, (played) => {
        let settled = -1;
        play(played, ({ settledId }, fresh) => {
          expect(fresh.every(({ id }) => id > settled)).toBe(true);
          settled = Math.max(settled, settledId ?? -1);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('settles what nobody writes any more, so that a calm table is not counted from its beginning', () => {
    const table = new MadeTable();
    const tail = new ChangeTail();
    const writer = table.begin();
    for (let count = 0; count < 5000; count++) table.write(writer, 'run');
    table.commit(writer);
    expect(table.lookBy(tail)).toMatchObject({ isNew: true, settledId: null });
    expect(table.lookBy(tail)).toMatchObject({ isNew: false, settledId: 4000 });
  });

  it('counts nothing that it knew where the table is another one', () => {
    const tail = new ChangeTail();
    const table = new MadeTable();
    table.skip(5000);
    const writer = table.begin();
    table.write(writer, 'run');
    table.commit(writer);
    table.lookBy(tail);
    table.lookBy(tail);
    expect(new MadeTable().lookBy(tail)).toEqual({ changed: new Set(), settledId: null, isNew: true });
  });
});
