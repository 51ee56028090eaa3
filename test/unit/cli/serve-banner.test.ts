import { banner } from '../../../exporter/src/cli/serve-banner';
import type { StartMode } from '../../../exporter/src/cli/start-mode';
import type { RunMetrics } from '../../../exporter/src/facts/published';
import { MONEY_ONE } from '../../../exporter/src/units/money';
import { MemoryStore } from '../../support/memory-store';
import { runMetrics } from '../../support/run-metrics';
import { DAWN, load, publishedState, run } from '../../support/view-estate';

const MODE = { example: null, source: 'flowledger.yaml' } as StartMode;
const ADDRESS = 'http://127.0.0.1:9715';

/** What the console says of so many runs; run n costs n USD, those of `unpriced` nothing known. */
async function said(count: number, unpriced: readonly number[] = []): Promise<string> {
  const store = new MemoryStore();
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  // The higher its number the older a run is.
  const runs = ids.map((id) => run(`Flow${id % 3}/${id}`, { startedAt: DAWN - id * 1000 }));
  await store.publish(load('runs', { runs }));
  const metrics = ids.map((id): RunMetrics => {
    const cost = unpriced.includes(id) ? null : { estimated: BigInt(id) * MONEY_ONE, billed: 0n };
    return runMetrics(`Flow${id % 3}`, String(id), { cost });
  });
  return banner(publishedState({ asOf: 1, runs: metrics }), { mode: MODE, store, address: ADDRESS });
}

test.each([
  ['all of them', 3, [], 'Together: 6 USD for the 3 newest of 3 runs'],
  ['no more than fit', 12, [], 'Together: 78 USD for the 12 newest of 12 runs'],
  ['the newest of many', 40, [], 'Together: 78 USD for the 12 newest of 40 runs'],
  ['what has a price', 40, [1, 12], 'Together: 65 USD for 10 of the 12 newest of 40 runs, the others have no price'],
])('the sum says which runs it is of: %s', async (_what, count, unpriced, line) => {
  expect(await said(count, unpriced)).toContain(`${line} (estimated; no bill yet).`);
});

test('the dearest is the dearest of the runs that are shown', async () => {
  expect(await said(40)).toContain(
    `The arithmetic of the dearest of these: npm run -s flowledger -- explain Flow0/12 `,
  );
});

test('without runs, and without prices, there is no sum', async () => {
  expect(await said(0)).toContain('No runs yet.');
  expect(await said(1, [1])).toContain('None of these runs has a price.');
});
