import { type Backend, withStore } from '../support/store-backends';
import { aClosing, aLoad, aPeriod, aRun, attemptKey, hourAt, NOON, ONE, runKey } from '../support/store-facts';

const HUGE = 98_765_432_109_876_543_210_987_654_321n;
const all = { from: 0, to: NOON * 2, limit: 100 };

/** How the ledger adds up: restated, unpriced, huge and negative, and as it stood at an older load. */
export function ledgerContract(backend: Backend): void {
  const inStore = (test: Parameters<typeof withStore>[1]) => () => withStore(backend, test);
  const closed = (amount: bigint | null, pricingHash = 'p-1') =>
    aClosing(
      'host-a',
      0,
      [
        { holder: attemptKey('1'), amount },
        { cause: 'beside_work', amount },
      ],
      pricingHash,
    );

  describe('ledger', () => {
    it(
      'replaces a closing that is closed again, and still knows what stood before',
      inStore(async (store) => {
        await store.publish(aLoad('one', { closings: [closed(24n * ONE)] }));
        await store.publish(aLoad('two', { closings: [closed(7n, 'p-2')] }));
        const costs = async (asOf: number) =>
          (await store.closedCosts([runKey('1')], asOf)).map(({ estimated }) => estimated);
        expect([await costs(0), await costs(1), await costs(2)]).toEqual([[], [24n * ONE], [7n]]);
        expect(await store.piecesOfPeriod('host-a', hourAt(0), 1)).toEqual(closed(24n * ONE).periods[0]!.pieces);
        expect(await store.piecesOfPeriod('host-a', hourAt(0), 2)).toEqual(closed(7n).periods[0]!.pieces);
        expect(await store.closedHours('host-a', hourAt(0), 1)).toEqual([{ hour: NOON, pricingHash: 'p-1' }]);
        expect(await store.closedHours('host-a', hourAt(0), 2)).toEqual([{ hour: NOON, pricingHash: 'p-2' }]);
        await store.verify();
      }),
    );

    it(
      'goes back to what stood before as to anything else',
      inStore(async (store) => {
        for (const [index, amount] of [5n, 6n, 5n, 5n].entries()) {
          await store.publish(aLoad(`${index}`, { closings: [closed(amount)] }));
        }
        expect(await store.lastLoad()).toBe(3);
        expect((await store.closedCosts([runKey('1')], 3))[0]!.estimated).toBe(5n);
        await store.verify();
      }),
    );

    it(
      'takes new cuts of an hour, and an hour that holds nothing any more',
      inStore(async (store) => {
        await store.publish(aLoad('one', { closings: [closed(24n * ONE)] }));
        const [first, second] = [
          { start: NOON, end: NOON + 1_000 },
          { start: NOON + 1_000, end: NOON + 3_600_000 },
        ];
        const periods = [first, second].map((period) =>
          aPeriod('host-a', period, [{ holder: attemptKey('1'), amount: 3n }]),
        );
        await store.publish(aLoad('two', { closings: [{ ...closed(0n), periods }] }));
        expect((await store.piecesOfRun(runKey('1'), 2)).map(({ period }) => period)).toEqual([first, second]);
        expect((await store.hostPeriods(all, 2)).map(({ origin }) => origin)).toEqual(
          periods.map(({ origin }) => origin),
        );
        await store.publish(aLoad('three', { closings: [{ ...closed(0n), periods: [] }] }));
        expect(await store.piecesOfRun(runKey('1'), 3)).toEqual([]);
        expect(await store.hostPeriods(all, 3)).toEqual([]);
        expect(await store.closedCosts([runKey('1')], 3)).toEqual([]);
        expect(await store.gpuTime(3)).toEqual([]);
        expect(await store.closedUntil(3)).toEqual(new Map([['host-a', NOON + 3_600_000]]));
      }),
    );

    it(
      'gives an unpriced amount back as null, never as 0, through every restatement',
      inStore(async (store) => {
        const sequence = [null, 9n, null, 0n];
        for (const [index, amount] of sequence.entries()) {
          await store.publish(aLoad(`${index}`, { closings: [closed(amount)] }));
        }
        for (const [index, amount] of sequence.entries()) {
          const [row] = await store.hostPeriods(all, index + 1);
          const doubled = amount === null ? null : amount * 2n;
          expect([row!.origin.amount, row!.workload, row!.idle[0]!.amount]).toEqual([doubled, amount, amount]);
          expect(row!.unattributed).toBe(amount === null ? null : 0n);
          expect((await store.piecesOfRun(runKey('1'), index + 1)).map((piece) => piece.amount)).toEqual([amount]);
          const [cost] = await store.closedCosts([runKey('1')], index + 1);
          const times =
            amount === null ? { pricedMs: 0, unpricedMs: 3_600_000 } : { pricedMs: 3_600_000, unpricedMs: 0 };
          expect(cost).toMatchObject({ estimated: amount ?? 0n, billed: 0n, ...times });
        }
      }),
    );

    it(
      'keeps amounts beyond 2⁵³ and below zero to the last digit',
      inStore(async (store) => {
        const pieces = [
          { holder: attemptKey('1', 'a'), amount: HUGE },
          { holder: attemptKey('1', 'b'), amount: -3n },
          { cause: 'gap', amount: -HUGE + 1n },
        ] as const;
        await store.publish(aLoad('one', { closings: [aClosing('host-a', 0, pieces)] }));
        const [row] = await store.hostPeriods(all, 1);
        expect([row!.origin.amount, row!.workload, row!.idle[0]!.amount]).toEqual([-2n, HUGE - 3n, -HUGE + 1n]);
        expect((await store.closedCosts([runKey('1')], 1))[0]!.estimated).toBe(HUGE - 3n);
        expect((await store.piecesOfRun(runKey('1'), 1)).map(({ amount }) => amount)).toEqual([HUGE, -3n]);
      }),
    );

    it(
      'sums past what one Decimal(38, 12) holds',
      inStore(async (store) => {
        const most = 10n ** 38n - 1n;
        const closings = [0, 1, 2].map((hour) => aClosing('host-a', hour, [{ holder: attemptKey('1'), amount: most }]));
        await store.publish(aLoad('one', { closings: closings.slice(0, 1) }));
        expect((await store.closedCosts([runKey('1')], 1))[0]!.estimated).toBe(most);
        const over = store.publish(
          aLoad('two', { closings: [aClosing('host-b', 0, [{ cause: 'gap', amount: most + 1n }])] }),
        );
        await expect(over).rejects.toThrow(/does not fit Decimal\(38, 12\)/);
      }),
    );

    it(
      'shows billed periods apart from estimated ones',
      inStore(async (store) => {
        const billed = aClosing('host-a', 1, [{ holder: attemptKey('1'), amount: 5n }]);
        const [{ origin, pieces }] = billed.periods as [(typeof billed.periods)[0]];
        const periods = [{ origin: { ...origin, rung: 'billed' as const }, pieces }];
        await store.publish(aLoad('one', { closings: [closed(2n), { ...billed, periods }] }));
        expect((await store.closedCosts([runKey('1')], 1))[0]).toMatchObject({ estimated: 2n, billed: 5n });
        const [row] = await store.rollup({ by: 'flow', window: { start: NOON, end: NOON + 7_200_000 } }, 1);
        expect(row).toMatchObject({ value: 'TrainFlow', estimated: 2n, billed: 5n, runs: 1 });
      }),
    );

    it(
      'pages through charge periods by time and host, each once',
      inStore(async (store) => {
        const closings = [0, 1, 2].flatMap((hour) =>
          ['a', 'b', 'c'].map((host) => aClosing(host, hour, [{ cause: 'no_work', amount: 1n }])),
        );
        await store.publish(aLoad('one', { closings }));
        const seen: string[] = [];
        for (let after: { start: number; host: string } | undefined; ;) {
          const page = await store.hostPeriods({ ...all, limit: 2, ...(after && { after }) }, 1);
          for (const { origin } of page) seen.push(`${(origin.period.start - NOON) / 3_600_000}${origin.host}`);
          const last = page.at(-1)?.origin;
          if (!last) break;
          after = { start: last.period.start, host: last.host };
        }
        expect(seen).toEqual(['0a', '0b', '0c', '1a', '1b', '1c', '2a', '2b', '2c']);
        expect(await store.hostPeriods({ ...all, hosts: [] }, 1)).toEqual([]);
        expect(await store.hostPeriods({ ...all, hosts: ['b'], from: NOON + 1 }, 1)).toHaveLength(2);
      }),
    );
  });

  describe('rollups', () => {
    it(
      'moves cost with a late tag edit and changes none of it',
      inStore(async (store) => {
        const window = { start: NOON, end: NOON + 3_600_000 };
        const labels = { ...aRun('1').labels, team: 'speech' };
        await store.publish(aLoad('one', { runs: [aRun('1'), aRun('2')], closings: [closed(24n)] }));
        await store.publish(aLoad('two', { runs: [aRun('1', { labels, tags: ['team:speech'] })] }));
        const teams = async (asOf: number) =>
          (await store.rollup({ by: 'team', window }, asOf)).map(({ value, estimated }) => [value, estimated]);
        expect([await teams(1), await teams(2)]).toEqual([[['vision', 24n]], [['speech', 24n]]]);
        expect((await store.closedCosts([runKey('1')], 2))[0]!.estimated).toBe(24n);
        expect((await store.gpuTime(2)).find(({ kind }) => kind === 'workload')!.team).toBe('vision');
      }),
    );

    it(
      'groups by flow, step, variant and label, inside the window alone',
      inStore(async (store) => {
        const holders = [attemptKey('1', 'a'), attemptKey('1', 'b'), attemptKey('2', 'a')];
        const pieces = holders.map((holder, index) => ({ holder, amount: 10n ** BigInt(index) }));
        const labels = { ...aRun('2').labels, team: null, experiment: `it's "x"` };
        const runs = [aRun('1'), aRun('2', { labels, variant: null })];
        const closings = [aClosing('host-a', 0, pieces), aClosing('host-a', 1, pieces.slice(0, 1))];
        await store.publish(aLoad('one', { runs, closings }));
        const window = hourAt(0);
        const rollup = async (by: Parameters<typeof store.rollup>[0]['by']) =>
          (await store.rollup({ by, window }, 1)).map(({ value, estimated, runs: count }) => [value, estimated, count]);
        expect(await rollup('flow')).toEqual([['TrainFlow', 111n, 2]]);
        expect(await rollup('step')).toEqual([
          ['a', 101n, 2],
          ['b', 10n, 1],
        ]);
        expect(await rollup('team')).toEqual([
          ['vision', 11n, 1],
          [null, 100n, 1],
        ]);
        expect(await rollup('experiment')).toEqual([
          [`it's "x"`, 100n, 1],
          [null, 11n, 1],
        ]);
        expect(await rollup('config_variant')).toEqual([
          ['v-1', 11n, 1],
          [null, 100n, 1],
        ]);
        const [uncounted] = await store.rollup({ by: 'flow', window, uncounted: [runKey('2')] }, 1);
        expect(uncounted).toMatchObject({ estimated: 111n, runs: 1, heldGpuSeconds: 3_000 });
      }),
    );

    it(
      'tells what is missing by label, of runs that started or are charged inside the window',
      inStore(async (store) => {
        const gaps = { unchargedAttempts: 1, lostAttempts: 2 };
        const none = { ...aRun('x').labels, team: null };
        const runs = [
          aRun('1', { startedAt: NOON - 1, gaps }),
          aRun('2', { startedAt: NOON, gaps }),
          aRun('3', { startedAt: NOON - 1, gaps, labels: none }),
          aRun('4', { startedAt: NOON + 3_600_000, gaps }),
          aRun('5', { startedAt: NOON }),
        ];
        await store.publish(aLoad('one', { runs, closings: [closed(24n)] }));
        await store.publish(aLoad('two', { runs: [aRun('2', { startedAt: NOON, labels: none })] }));
        const asked = { by: 'team' as const, window: hourAt(0) };
        const vision = { value: 'vision', unchargedAttempts: 2, lostAttempts: 4, runs: 1 };
        expect(await store.rollupGaps(asked, 1)).toEqual([vision]);
        expect(await store.rollupGaps(asked, 2)).toEqual([
          { value: 'vision', unchargedAttempts: 1, lostAttempts: 2, runs: 0 },
        ]);
        expect(await store.rollupGaps({ ...asked, uncounted: [runKey('2'), runKey('3')] }, 1)).toEqual([
          { ...vision, runs: 0 },
          { value: null, unchargedAttempts: 1, lostAttempts: 2, runs: 0 },
        ]);
        expect(await store.rollupGaps({ ...asked, by: 'experiment' }, 0)).toEqual([]);
      }),
    );
  });
}
