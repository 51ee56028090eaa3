import type { RunKey } from '../../exporter/src/facts/attempt';
import type { Store } from '../../exporter/src/store/store';
import { HOUR_MS } from '../../exporter/src/units/interval';
import { type Backend, withStore } from '../support/store-backends';
import {
  aClosing,
  aLoad,
  anAttempt,
  anIssue,
  aRun,
  attemptKey,
  HOSTILE_NAMES,
  hourAt,
  NOON,
  runKey,
} from '../support/store-facts';

/** Every run of the store, by pages of `limit`. */
async function allPages(store: Store, limit: number, asOf: number): Promise<RunKey[]> {
  const keys: RunKey[] = [];
  for (let after: { startedAt: number; key: RunKey } | undefined; ;) {
    const page = await store.runs({ limit, ...(after && { after }) }, asOf);
    for (const { key } of page) keys.push(key);
    const last = page.at(-1);
    if (!last) return keys;
    after = { startedAt: last.startedAt, key: last.key };
  }
}

/** What is read back of runs, attempts and hosts, and under which names. */
export function readsContract(backend: Backend): void {
  const inStore = (test: Parameters<typeof withStore>[1]) => () => withStore(backend, test);
  const ids = async (store: Store, query: Partial<Parameters<Store['runs']>[0]>, asOf: number): Promise<string[]> =>
    (await store.runs({ limit: 100, ...query }, asOf)).map(({ key }) => key.run);

  describe('runs', () => {
    it(
      'are paged newest first, every run exactly once, also where they started together',
      inStore(async (store) => {
        const runs = Array.from({ length: 23 }, (_, n) => {
          const key = runKey(`${n % 7}`, `Flow${n % 3}`, n < 12 ? 'prod' : 'dev');
          return aRun('x', { key: { ...key, run: `${key.run}-${n}` }, startedAt: NOON - Math.floor(n / 9) * 1_000 });
        });
        await store.publish(aLoad('one', { runs }));
        const whole = (await store.runs({ limit: 100 }, 1)).map(({ key }) => key);
        expect(new Set(whole.map((key) => JSON.stringify(key))).size).toBe(23);
        for (const limit of [1, 2, 5, 22, 23]) expect(await allPages(store, limit, 1)).toEqual(whole);
        const starts = (await store.runs({ limit: 100 }, 1)).map(({ startedAt }) => startedAt);
        expect(starts).toEqual([...starts].sort((a, b) => b - a));
      }),
    );

    it(
      'are filtered by what their latest version says',
      inStore(async (store) => {
        const speech = { ...aRun('b').labels, team: 'speech', experiment: 'e-1' };
        const none = { ...aRun('c').labels, team: null };
        const c = aRun('c', {
          key: runKey('c', 'Other'),
          labels: none,
          startedAt: NOON - 1,
          outcome: 'running',
          user: null,
        });
        await store.publish(aLoad('one', { runs: [aRun('a'), aRun('b', { labels: speech }), c] }));
        await store.publish(
          aLoad('two', { runs: [aRun('a', { labels: speech, outcome: 'failed', startedAt: NOON + 5 })] }),
        );
        expect(await ids(store, { teams: ['vision'] }, 1)).toEqual(['a']);
        expect(await ids(store, { teams: ['vision'] }, 2)).toEqual([]);
        expect(await ids(store, { teams: ['speech'] }, 2)).toEqual(['a', 'b']);
        expect(await ids(store, { teams: [''] }, 2)).toEqual(['c']);
        expect(await ids(store, { teams: ['speech', 'vision', 'vision'] }, 1)).toEqual(['a', 'b']);
        expect(await ids(store, { teams: ['speech', ''] }, 1)).toEqual(['b', 'c']);
        expect(await ids(store, { teams: [] }, 1)).toEqual([]);
        expect(await ids(store, { experiment: 'e-1' }, 1)).toEqual(['b']);
        expect(await ids(store, { outcome: 'failed' }, 2)).toEqual(['a']);
        expect(await ids(store, { flow: 'Other' }, 2)).toEqual(['c']);
        expect(await ids(store, { deployment: 'dev' }, 2)).toEqual([]);
        expect(await ids(store, { from: NOON, to: NOON + 5 }, 2)).toEqual(['b']);
        expect(await ids(store, { from: NOON, to: NOON + 6 }, 2)).toEqual(['a', 'b']);
        expect(await ids(store, {}, 0)).toEqual([]);
      }),
    );

    it(
      'are searched in flow, id, user and tags, whatever the case',
      inStore(async (store) => {
        const runs = [
          aRun('sfn-AbC', { user: 'Ünal' }),
          aRun('2', { tags: ['Sweep:Lr', '50%_off'] }),
          aRun('3', { user: null }),
        ];
        await store.publish(aLoad('one', { runs }));
        expect(await ids(store, { q: 'fn-aBc' }, 1)).toEqual(['sfn-AbC']);
        expect(await ids(store, { q: 'üNAL' }, 1)).toEqual(['sfn-AbC']);
        expect(await ids(store, { q: 'sweep:LR' }, 1)).toEqual(['2']);
        expect(await ids(store, { q: '%' }, 1)).toEqual(['2']);
        expect(await ids(store, { q: 'trainflow' }, 1)).toHaveLength(3);
        expect(await ids(store, { q: 'nobody' }, 1)).toEqual([]);
      }),
    );

    it(
      'are found by flow and id in every deployment',
      inStore(async (store) => {
        const twin = aRun('1', { key: runKey('1', 'TrainFlow', 'dev') });
        await store.publish(aLoad('one', { runs: [aRun('1'), twin, aRun('2')] }));
        expect(await store.findRun({ flow: 'TrainFlow', run: '1' }, 1)).toEqual([twin, aRun('1')]);
        expect(await store.findRun({ flow: 'TrainFlow', run: '1', deployment: 'prod' }, 1)).toEqual([aRun('1')]);
        expect(await store.findRun({ flow: 'TrainFlow', run: '3' }, 1)).toEqual([]);
        const flows = await store.flows(1, { limit: 10 });
        expect(flows.map(({ deployment, runs }) => [deployment, runs])).toEqual([
          ['dev', 1],
          ['prod', 2],
        ]);
        const after = { deployment: 'dev', flow: 'TrainFlow' };
        expect(await store.flows(1, { limit: 10, after })).toEqual([flows[1]]);
        expect(await store.flows(1, { limit: 10, q: 'AINF', deployment: 'dev' })).toEqual([flows[0]]);
      }),
    );

    it(
      'are recent while open or lately ended, and known with their fingerprint',
      inStore(async (store) => {
        const open = aRun('open', { endedAt: null, outcome: 'running', startedAt: NOON - 1 });
        await store.publish(
          aLoad('one', { runs: [open, aRun('old', { endedAt: NOON }), aRun('new', { endedAt: NOON + 9 })] }),
        );
        const recent = async (asOf: number) => (await store.recentRuns(NOON + 9, asOf)).map(({ key }) => key.run);
        expect(await recent(1)).toEqual(['new', 'open']);
        await store.publish(aLoad('two', { runs: [{ ...open, endedAt: NOON, outcome: 'failed', fingerprint: 'g' }] }));
        expect(await recent(2)).toEqual(['new']);
        const known = (await store.knownRuns('prod', 2)).find(({ key }) => key.run === 'open');
        expect(known).toEqual({ key: runKey('open'), outcome: 'failed', fingerprint: 'g' });
        expect(await store.knownRuns('dev', 2)).toEqual([]);
      }),
    );
  });

  describe('attempts', () => {
    it(
      'are found on hosts by their latest version alone',
      inStore(async (store) => {
        const open = anAttempt(attemptKey('1'), { end: null, endSource: 'open', hosts: ['host-a', 'host-b'] });
        const clone = anAttempt(attemptKey('2'), { isClone: true });
        await store.publish(aLoad('one', { attempts: [open, clone, anAttempt(attemptKey('3'), { hosts: [] })] }));
        await store.publish(aLoad('two', { attempts: [{ ...open, end: NOON + 5, hosts: ['host-b'] }] }));
        const on = async (hosts: string[], from: number, asOf: number) =>
          (await store.attemptsOnHosts(hosts, { start: from, end: from + 10 }, asOf)).map(({ key }) => key.run);
        expect(await on(['host-a', 'host-b'], NOON + HOUR_MS * 50, 1)).toEqual(['1']);
        expect(await on(['host-a', 'host-b'], NOON + HOUR_MS * 50, 2)).toEqual([]);
        expect([await on(['host-a'], NOON, 1), await on(['host-a'], NOON, 2)]).toEqual([['1'], []]);
        expect([await on(['host-b'], NOON + 4, 2), await on(['host-b'], NOON + 5, 2)]).toEqual([['1'], []]);
        expect(await on(['host-b'], NOON - 10, 2)).toEqual([]);
        expect(await on([], NOON, 2)).toEqual([]);
      }),
    );

    it(
      'tell when a host first and last held something',
      inStore(async (store) => {
        const early = anAttempt(attemptKey('1'), { start: NOON - 5, end: NOON });
        const open = anAttempt(attemptKey('2'), { end: null, endSource: 'open' });
        const unknown = anAttempt(attemptKey('3'), { held: null, start: 0, confidence: 'none' });
        const empty = anAttempt(attemptKey('4'), { start: 1, end: 1 });
        await store.publish(
          aLoad('one', { attempts: [early, open, unknown, empty, anAttempt(attemptKey('5'), { isClone: true })] }),
        );
        expect(await store.hostSpans(1)).toEqual([{ host: 'host-a', firstHeld: NOON - 5, lastHeld: null }]);
        await store.publish(aLoad('two', { attempts: [{ ...open, end: NOON + 7, endSource: 'attempt_ok' }] }));
        expect(await store.hostSpans(2)).toEqual([{ host: 'host-a', firstHeld: NOON - 5, lastHeld: NOON + 7 }]);
        expect(await store.hostSpans(1)).toEqual([{ host: 'host-a', firstHeld: NOON - 5, lastHeld: null }]);
      }),
    );

    it(
      'tell how much the steps of the last good runs held while they ran',
      inStore(async (store) => {
        const good = (run: string, startedAt: number) => aRun(run, { startedAt });
        const runs = [
          good('1', NOON),
          good('2', NOON + 1),
          good('3', NOON + 2),
          aRun('4', { outcome: 'failed', startedAt: NOON + 3 }),
        ];
        const at = (run: string, task: string, start: number, end: number) =>
          anAttempt({ ...attemptKey(run), task }, { start: NOON + start, end: NOON + end });
        const attempts = [
          at('3', 'a', 0, 10),
          at('3', 'b', 5, 20),
          at('3', 'c', 30, 40),
          at('2', 'a', 0, 10),
          at('1', 'a', 0, 1),
        ];
        await store.publish(aLoad('one', { runs, attempts }));
        const history = await store.stepHistory(runKey('1'), 2, 1);
        expect(history.map(({ run }) => run)).toEqual(['2', '3']);
        const held = { run: '3', variantId: 'v-1', step: 'train', gpuMs: 35, vcpuMs: 70, byteMs: 35_840, busyMs: 30 };
        expect(history[1]).toEqual({ ...held, runStartedAt: NOON + 2, runEndedAt: NOON + HOUR_MS });
        await store.publish(aLoad('two', { runs: [good('3', NOON + 2)].map((run) => ({ ...run, endedAt: null })) }));
        expect((await store.stepHistory(runKey('1'), 1, 2))[0]).toMatchObject({ run: '3', runEndedAt: NOON + 40 });
      }),
    );
  });

  describe('hostile names', () => {
    it(
      'come back as they went in, and nothing else happens',
      inStore(async (store) => {
        const runs = HOSTILE_NAMES.map((name, index) =>
          aRun('x', {
            key: { deployment: name, flow: name, run: name },
            ...{ user: name, tags: [name], systemTags: [name, name], runtime: name, fingerprint: name },
            startedAt: NOON - index,
            variant: { id: name, method: 'tag' },
            config: { [name]: name },
            labels: { team: name, project: name, cost_center: name, experiment: name, model_version: name },
          }),
        );
        const attempts = runs.map(({ key }) =>
          anAttempt({ ...key, step: key.run, task: key.run, attempt: 3 }, { hosts: [key.run] }),
        );
        const closings = attempts.map(({ key }) => aClosing(key.run, 0, [{ holder: key, amount: 1n }], key.run));
        const issues = HOSTILE_NAMES.map((name) =>
          anIssue({ feed: name, file: name, field: name, value: name, reason: name }),
        );
        await store.publish(aLoad(HOSTILE_NAMES.join(' '), { runs, attempts, closings, issues }));
        expect(await store.runs({ limit: 100 }, 1)).toEqual(runs);
        for (const [index, name] of HOSTILE_NAMES.entries()) {
          const { key } = runs[index]!;
          const filter = { deployment: name, flow: name, teams: [name], experiment: name, q: name.toUpperCase() };
          expect(await store.runs({ limit: 9, ...filter }, 1)).toEqual([runs[index]]);
          expect(await store.findRun({ flow: name, run: name, deployment: name }, 1)).toEqual([runs[index]]);
          expect(await store.piecesOfRun(key, 1)).toEqual(closings[index]!.periods[0]!.pieces);
          expect(await store.attemptsOnHosts([name], hourAt(0), 1)).toEqual([attempts[index]]);
          expect(await store.closedHours(name, hourAt(0), 1)).toEqual([{ hour: NOON, pricingHash: name }]);
        }
        expect(await allPages(store, 5, 1)).toEqual(runs.map(({ key }) => key));
        expect(await store.issues(1, { limit: 100 })).toHaveLength(HOSTILE_NAMES.length);
        expect(await store.publish(aLoad('again', { runs, attempts, closings, issues }))).toMatchObject({
          outcome: 'skipped',
        });
        await store.verify();
      }),
    );

    it(
      'with half a surrogate pair are stored with U+FFFD in its place',
      inStore(async (store) => {
        await store.publish(aLoad('one', { runs: [aRun('1', { user: 'a\ud800b', tags: ['\udc00'] })] }));
        expect((await store.runs({ limit: 1, q: 'a\ud800b' }, 1))[0]).toMatchObject({
          user: 'a\ufffdb',
          tags: ['\ufffd'],
        });
      }),
    );
  });
}
