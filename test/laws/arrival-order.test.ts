import fc from 'fast-check';
import { attemptKeyText } from '../../exporter/src/facts/attempt';
import { MemoryStore } from '../support/memory-store';
import { DAWN, MINUTE_MS } from '../support/view-estate';
import { keeperOn, type Script, story } from '../unit/cycles/scripted-feed';

type Stay = { readonly from: number; readonly minutes: number; readonly gpus: number };

const stays = fc.uniqueArray(
  fc.record({
    from: fc.integer({ min: 0, max: 200 }),
    minutes: fc.integer({ min: 0, max: 90 }),
    gpus: fc.integer({ min: 0, max: 5 }),
  }),
  { minLength: 1, maxLength: 6, selector: (stay) => JSON.stringify(stay) },
);

/** In which order stays are first told, how many at once, and after which cycle the exporter is started anew. */
const telling = fc.record({
  order: fc.array(fc.nat(), { minLength: 6, maxLength: 6 }),
  chunk: fc.integer({ min: 1, max: 4 }),
  restartAfter: fc.integer({ min: 0, max: 5 }),
});

const LAST_MINUTE = 500;

async function ledgerAfter(told: readonly Stay[][], restartAfter: number): Promise<string> {
  const store = new MemoryStore();
  const script: Script = { runs: [], attempts: [], fails: false };
  let keeper = await keeperOn({ store, script });
  for (const [cycle, chunk] of told.entries()) {
    for (const stay of chunk) {
      const { run, attempt } = story(`F/${stay.from}-${stay.minutes}-${stay.gpus}`, {
        from: stay.from,
        to: stay.from + stay.minutes,
        gpus: stay.gpus,
      });
      script.runs.push(run);
      script.attempts.push(attempt);
    }
    if (cycle === restartAfter) keeper = await keeperOn({ store, script });
    await keeper.cycle(DAWN + (LAST_MINUTE - told.length + cycle) * MINUTE_MS);
  }
  await keeper.cycle(DAWN + LAST_MINUTE * MINUTE_MS);
  return ledgerOf(store);
}

async function ledgerOf(store: MemoryStore): Promise<string> {
  const asOf = await store.lastLoad();
  const rows = await store.hostPeriods({ from: 0, to: DAWN + 10_000 * MINUTE_MS, limit: 1_000 }, asOf);
  const pieces = await Promise.all(rows.map(({ origin }) => store.piecesOfPeriod(origin.host, origin.period, asOf)));
  return pieces
    .flat()
    .map(({ period, kind, cause, holder, amount, weight, gpuTime }) =>
      [period.start, kind, cause, holder && attemptKeyText(holder), amount, weight, gpuTime].join(' '),
    )
    .sort()
    .join('\n');
}

function chunked(all: readonly Stay[], size: number): Stay[][] {
  const chunks: Stay[][] = [];
  for (let first = 0; first < all.length; first += size) chunks.push(all.slice(first, first + size));
  return chunks;
}

test('the order, the chunks and the restarts in which facts arrive do not matter to the ledger', async () => {
  await fc.assert(
    fc.asyncProperty(stays, telling, async (all, { order, chunk, restartAfter }) => {
      const shuffled = all
        .map((stay, index) => ({ stay, rank: order[index % order.length]! }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ stay }) => stay);
      const once = await ledgerAfter([all], -1);
      expect(await ledgerAfter(chunked(shuffled, chunk), restartAfter)).toBe(once);
    }),
    { numRuns: 150 },
  );
});
