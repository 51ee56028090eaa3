import type { Issue } from '../../exporter/src/facts/issue';
import { InvariantError } from '../../exporter/src/assert';
import { IdempotencyError } from '../../exporter/src/store/store';
import { type Backend, withStore } from '../support/store-backends';
import { aClosing, aLoad, anAttempt, anIssue, aRun, attemptKey, NOON, ONE, runKey } from '../support/store-facts';

const full = aLoad('first', {
  runs: [aRun('1'), aRun('2', { outcome: 'running', endedAt: null })],
  attempts: [anAttempt(attemptKey('1')), anAttempt(attemptKey('2'), { end: null, endSource: 'open' })],
  closings: [
    aClosing('host-a', 0, [
      { holder: attemptKey('1'), amount: 24n * ONE },
      { cause: 'beside_work', amount: 8n * ONE },
    ]),
    aClosing('host-b', 0, [{ cause: 'no_work', amount: 8n * ONE }]),
  ],
  issues: [anIssue(), anIssue({ line: 4 })],
});

/** How loads are published: whole, once, and only when they hold together. */
export function publishContract(backend: Backend): void {
  const inStore = (test: Parameters<typeof withStore>[1]) => () => withStore(backend, test);

  describe('publish', () => {
    it(
      'answers an empty store with load 0 and the first load with 1',
      inStore(async (store) => {
        expect(await store.lastLoad()).toBe(0);
        expect(await store.publish(full)).toEqual({ outcome: 'published', loadId: 1 });
        expect(await store.lastLoad()).toBe(1);
      }),
    );

    it(
      'gives back every fact as it was',
      inStore(async (store) => {
        await store.publish(full);
        const keys = full.runs.map(({ key }) => key);
        expect(await store.runsByKey(keys, 1)).toEqual(full.runs);
        expect(await store.attemptsOfRuns(keys, 1)).toEqual(full.attempts);
        const [closing] = full.closings;
        const [{ origin, pieces }] = closing!.periods as [(typeof full.closings)[0]['periods'][0]];
        expect(await store.piecesOfPeriod('host-a', origin.period, 1)).toEqual(pieces);
        expect(await store.piecesOfRun(runKey('1'), 1)).toEqual([pieces[0]]);
        expect((await store.hostPeriods({ hosts: ['host-a'], from: 0, to: NOON * 2, limit: 9 }, 1))[0]!.origin).toEqual(
          origin,
        );
        expect(await store.issues(1, { limit: 10 })).toEqual(full.issues);
      }),
    );

    it(
      'skips the same key with the same content, in whatever order it is listed',
      inStore(async (store) => {
        await store.publish(full);
        await store.publish(aLoad('second', { runs: [aRun('3')] }));
        const reversed = {
          ...full,
          at: full.at + 1,
          runs: [...full.runs].reverse(),
          attempts: [...full.attempts].reverse(),
          closings: [...full.closings].reverse(),
          issues: [...full.issues].reverse(),
        };
        expect(await store.publish(reversed)).toEqual({ outcome: 'skipped', loadId: 1 });
      }),
    );

    it(
      'refuses the same key with other content',
      inStore(async (store) => {
        await store.publish(full);
        await expect(store.publish({ ...full, runs: [aRun('1')] })).rejects.toThrow(IdempotencyError);
        expect(await store.lastLoad()).toBe(1);
      }),
    );

    it(
      'skips a load in which nothing is new, whatever its key',
      inStore(async (store) => {
        await store.publish(full);
        expect(await store.publish({ ...full, key: 'again' })).toEqual({ outcome: 'skipped', loadId: 1 });
        const shuffled = {
          ...full.closings[0]!,
          periods: full.closings[0]!.periods.map((p) => ({ ...p, pieces: [...p.pieces].reverse() })),
        };
        expect(await store.publish(aLoad('third', { closings: [shuffled] }))).toEqual({
          outcome: 'skipped',
          loadId: 1,
        });
        expect(await store.publish(aLoad('empty'))).toEqual({ outcome: 'skipped', loadId: 1 });
        await store.verify();
      }),
    );

    it(
      'stores of a load only what is new',
      inStore(async (store) => {
        await store.publish(full);
        await store.publish({ ...full, key: 'again', runs: [aRun('1'), aRun('9')] });
        expect(await store.runs({ limit: 10 }, 1)).toHaveLength(2);
        expect(await store.runs({ limit: 10 }, 2)).toHaveLength(3);
        expect((await store.closedCosts([runKey('1')], 2))[0]!.estimated).toBe(24n * ONE);
      }),
    );

    it(
      'takes loads that come at once one after the other',
      inStore(async (store) => {
        const loads = Array.from({ length: 5 }, (_, n) => aLoad(`load ${n}`, { runs: [aRun(`${n}`)] }));
        const outcomes = await Promise.all(loads.map((load) => store.publish(load)));
        expect(outcomes.map(({ loadId }) => loadId)).toEqual([1, 2, 3, 4, 5]);
        await store.verify();
      }),
    );

    it(
      'refuses a charge whose pieces do not sum to it, and leaves nothing behind',
      inStore(async (store) => {
        const closing = aClosing('host-a', 0, [{ cause: 'gap', amount: 8n * ONE }]);
        const [{ origin, pieces }] = closing.periods as [(typeof closing.periods)[0]];
        const short = { ...closing, periods: [{ origin: { ...origin, amount: origin.amount! + 1n }, pieces }] };
        const load = aLoad('short', { runs: [aRun('1')], closings: [short] });
        await expect(store.publish(load)).rejects.toThrow(InvariantError);
        await expect(store.publish(load)).rejects.toThrow(/host-a at .* do not sum to their origin charge/);
        expect(await store.lastLoad()).toBe(0);
        expect(await store.publish({ ...load, closings: [closing] })).toEqual({ outcome: 'published', loadId: 1 });
        expect(await store.runs({ limit: 10 }, 1)).toHaveLength(1);
        await store.verify();
      }),
    );

    it.each([
      ['a run twice', aLoad('x', { runs: [aRun('1'), aRun('1', { user: 'bob' })] }), /run .* twice/],
      [
        'an attempt twice',
        aLoad('x', { attempts: [anAttempt(attemptKey('1')), anAttempt(attemptKey('1'))] }),
        /attempt .* twice/,
      ],
      [
        'a host-hour twice',
        aLoad('x', { closings: [aClosing('a', 0, []), aClosing('a', 0, [], 'p-2')] }),
        /host-hour .* twice/,
      ],
      [
        'two pieces with one holder',
        aLoad('x', {
          closings: [
            aClosing('a', 0, [
              { holder: attemptKey('1'), amount: 1n },
              { holder: attemptKey('1'), amount: 2n },
            ]),
          ],
        }),
        /one kind, cause and holder/,
      ],
      [
        'a period outside its hour',
        aLoad('x', {
          closings: [{ ...aClosing('a', 0, []), periods: aClosing('a', 1, [{ cause: 'gap', amount: 1n }]).periods }],
        }),
        /outside the hour/,
      ],
    ])('refuses %s', async (_what, load, message) => {
      await withStore(backend, async (store) => {
        await expect(store.publish(load)).rejects.toThrow(message);
        expect(await store.lastLoad()).toBe(0);
      });
    });

    it(
      'counts an issue found twice in one load once, and lets its latest count stand',
      inStore(async (store) => {
        await store.publish(aLoad('one', { issues: [anIssue({ count: 2 }), anIssue({ count: 3 })] }));
        await store.publish(aLoad('two', { issues: [anIssue({ count: 4 }), anIssue({ file: null, value: null })] }));
        expect((await store.issues(1, { limit: 10 })).map(({ count }) => count)).toEqual([5]);
        expect((await store.issues(2, { limit: 10 })).map(({ count }) => count)).toEqual([4, 1]);
        expect(await store.issues(2, { limit: 1, after: anIssue() })).toEqual([anIssue({ file: null, value: null })]);
        await store.publish(aLoad('three', { issues: [anIssue({ count: 0 })] }));
        expect(await store.issues(3, { limit: 10 })).toHaveLength(1);
      }),
    );

    it(
      'pages through issues by their place, unknown places last, each once',
      inStore(async (store) => {
        const places: Partial<Issue>[] = [
          { feed: 'a', code: 'unreadable_file' },
          { feed: 'b', code: 'bad_json', file: 'a', line: 2, column: 1, field: 'x' },
          { feed: 'b', code: 'bad_json', file: 'a', line: 2, column: 1, field: 'x', value: '' },
          { feed: 'b', code: 'bad_json', file: 'a', line: 2, column: 1, value: 'v' },
          { feed: 'b', code: 'bad_json', file: 'a', line: 2, column: 10 },
          { feed: 'b', code: 'bad_json', file: 'a', line: 2 },
          { feed: 'b', code: 'bad_json', file: 'a', line: 10 },
          { feed: 'b', code: 'bad_json', file: 'é', line: 1 },
          { feed: 'b', code: 'bad_json' },
          { feed: 'b', code: 'bad_value', file: 'a' },
        ];
        const unknown = { file: null, line: null, column: null, field: null, value: null };
        const issues = places.map((place) => anIssue({ ...unknown, ...place }));
        const ordered = [issues[0], issues[2], issues[1], ...issues.slice(3)];
        await store.publish(aLoad('one', { issues: [...issues].reverse() }));
        expect(await store.issues(1, { limit: 100 })).toEqual(ordered);
        for (const [index, after] of ordered.entries()) {
          expect(await store.issues(1, { limit: 2, after: after! })).toEqual(ordered.slice(index + 1, index + 3));
        }
      }),
    );
  });
}
