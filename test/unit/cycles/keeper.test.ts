import type { Keeper } from '../../../exporter/src/cycles/keeper';
import type { PublishedState, RunMetrics } from '../../../exporter/src/facts/published';
import { attemptKeyText } from '../../../exporter/src/facts/attempt';
import { printAmount } from '../../../exporter/src/units/money-text';
import { HOUR_MS } from '../../../exporter/src/units/interval';
import { MemoryStore } from '../../support/memory-store';
import { DAWN, MINUTE_MS } from '../../support/view-estate';
import { keeperOn, type Script, story } from './scripted-feed';

/** Four GPUs at 32 $/h: one GPU for one hour is 8 $. */
const at = (minute: number): number => DAWN + minute * MINUTE_MS;

function scriptOf(...stories: ReturnType<typeof story>[]): Script {
  return { runs: stories.map(({ run }) => run), attempts: stories.map(({ attempt }) => attempt), fails: false };
}

const runOf = (state: PublishedState, id: string): RunMetrics => state.runs.find(({ key }) => key.run === id)!;

const costOf = (state: PublishedState, id: string): string | null => {
  const { cost } = runOf(state, id);
  return cost === null ? null : printAmount(cost.estimated);
};

const kinds = (state: PublishedState): Record<string, string> =>
  Object.fromEntries(state.spend.map(({ kind, holder, perHour }) => [holder?.run ?? kind, printAmount(perHour)]));

async function cycleAt(keeper: Keeper, ...minutes: number[]): Promise<PublishedState> {
  let state: PublishedState | null = null;
  for (const minute of minutes) state = await keeper.cycle(at(minute));
  return state!;
}

describe('A run while it is open', () => {
  it('costs more every minute, and its rate is its share of the host', async () => {
    const keeper = await keeperOn({ store: new MemoryStore(), script: scriptOf(story('F/1', { from: 0, to: null })) });
    const early = await cycleAt(keeper, 15);
    expect([costOf(early, '1'), kinds(early)]).toEqual(['2', { 1: '8', idle: '24' }]);
    const later = await cycleAt(keeper, 30);
    expect([costOf(later, '1'), runOf(later, '1').live]).toEqual(['4', true]);
  });

  it('costs the same once its hour is closed', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: 30 }));
    const keeper = await keeperOn({ store, script });
    const open = await cycleAt(keeper, 69);
    const closed = await cycleAt(keeper, 71);
    expect([open.open.length, closed.open.length]).toEqual([2, 1]);
    expect([costOf(open, '1'), costOf(closed, '1')]).toEqual(['4', '4']);
  });

  it('shows no rate once nothing was read for more than fifteen minutes, and keeps its cost', async () => {
    const script = scriptOf(story('F/1', { from: 0, to: null }));
    const keeper = await keeperOn({ store: new MemoryStore(), script });
    await cycleAt(keeper, 20);
    script.fails = true;
    const after = await cycleAt(keeper, 34);
    expect([after.feeds[0]!.up, kinds(after)['1'], costOf(after, '1')]).toEqual([false, '8', '2.666666666667']);
    const long = await cycleAt(keeper, 36);
    expect([long.spend, costOf(long, '1')]).toEqual([[], '2.666666666667']);
  });
});

describe('Closing', () => {
  it('changes nothing when it is done twice, by the same process or the next', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: 90 }));
    const first = await cycleAt(await keeperOn({ store, script }), 200, 201);
    const loads = await store.lastLoad();
    const second = await cycleAt(await keeperOn({ store, script }), 202, 203);
    expect(await store.lastLoad()).toBe(loads);
    expect([costOf(first, '1'), costOf(second, '1')]).toEqual(['12', '12']);
  });

  it('waits for the close delay, and for every feed', async () => {
    const script = scriptOf(story('F/1', { from: 0, to: 10 }));
    const store = new MemoryStore();
    const keeper = await keeperOn({ store, script });
    await cycleAt(keeper, 69);
    expect((await store.closedUntil(await store.lastLoad())).size).toBe(0);
    script.fails = true;
    await cycleAt(keeper, 90);
    expect((await store.closedUntil(await store.lastLoad())).size).toBe(0);
    script.fails = false;
    await cycleAt(keeper, 91);
    expect((await store.closedUntil(await store.lastLoad())).get('node-1')).toBe(at(60));
  });
});

describe('What comes late', () => {
  it('restates the closed hours it lies in, and nothing is doubled', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 30, to: 60 }));
    const keeper = await keeperOn({ store, script });
    await cycleAt(keeper, 130);
    const late = story('F/2', { from: 30, to: 60, gpus: 4 });
    script.runs.push(late.run);
    script.attempts.push(late.attempt);
    const state = await cycleAt(keeper, 131);
    // Five GPUs asked for on four: each holds four fifths, 16 $ × 1/5 and 16 $ × 4/5.
    expect([costOf(state, '1'), costOf(state, '2')]).toEqual(['3.2', '12.8']);
    const periods = await store.hostPeriods({ from: at(0), to: at(60), limit: 10 }, state.asOf);
    expect(periods.map(({ origin }) => printAmount(origin.amount!))).toEqual(['32']);
  });

  it('opens hours before the first one when it is older than all that was known', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/2', { from: 130, to: 140 }));
    const keeper = await keeperOn({ store, script });
    await cycleAt(keeper, 200);
    const older = story('F/1', { from: 10, to: 20 });
    script.runs.push(older.run);
    script.attempts.push(older.attempt);
    const state = await cycleAt(keeper, 201);
    const periods = await store.hostPeriods({ from: at(0), to: at(180), limit: 10 }, state.asOf);
    expect(periods.map(({ idle }) => idle.map(({ cause }) => cause))).toEqual([
      ['beside_work', 'startup', 'gap'],
      ['no_work'],
      ['beside_work', 'gap'],
    ]);
    expect([costOf(state, '1'), costOf(state, '2')]).toEqual(['1.333333333333', '1.333333333333']);
  });

  it('ends an attempt that closed hours held open: what it no longer holds turns idle', async () => {
    const store = new MemoryStore();
    const open = story('F/1', { from: 0, to: null });
    const script = scriptOf(open);
    const keeper = await keeperOn({ store, script });
    expect(costOf(await cycleAt(keeper, 150), '1')).toBe('20');
    script.attempts = [{ ...open.attempt, end: at(30), endSource: 'last_record', outcome: 'lost' }];
    script.runs = [{ ...open.run, endedAt: at(30), outcome: 'lost' }];
    expect(costOf(await cycleAt(keeper, 151), '1')).toBe('4');
  });
});

describe('A run that is removed while nobody looks', () => {
  it('is lost at its last sign of life and holds its host no longer', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: null }));
    await cycleAt(await keeperOn({ store, script }), 20);
    const other = scriptOf(story('F/2', { from: 0, to: 30 }));
    const state = await cycleAt(await keeperOn({ store, script: other }), 90);
    expect([runOf(state, '1').outcome, costOf(state, '1'), kinds(state)]).toEqual(['lost', '0', { idle: '32' }]);
  });

  it('stays as it is while its whole tree is away', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: null }));
    await cycleAt(await keeperOn({ store, script }), 20);
    const away: Script = { ...scriptOf(), emptyReason: 'The folder does not exist.' };
    const state = await cycleAt(await keeperOn({ store, script: away }), 90);
    expect([runOf(state, '1').outcome, costOf(state, '1')]).toEqual(['running', '12']);
  });
});

describe('A tag that is edited later', () => {
  it('moves the cost to the new team and changes no amount', async () => {
    const store = new MemoryStore();
    const before = story('F/1', { from: 0, to: 60, tags: ['team:search'] });
    const script = scriptOf(before);
    const keeper = await keeperOn({ store, script });
    const teams = ({ rollups }: PublishedState): unknown =>
      rollups
        .filter(({ dimension }) => dimension === 'team')
        .map(({ value, cost, runs }) => [value, printAmount(cost.estimated), runs]);
    const searched = await cycleAt(keeper, 80);
    expect([teams(searched), costOf(searched, '1')]).toEqual([[['search', '8', 1]], '8']);
    script.runs = [{ ...before.run, tags: ['team:vision'], fingerprint: 'edited' }];
    const moved = await cycleAt(keeper, 81);
    expect([teams(moved), costOf(moved, '1')]).toEqual([[['vision', '8', 1]], '8']);
  });
});

describe('A price that is changed in the configuration', () => {
  it('restates the hours that were closed under the old one at the next start', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: 60 }));
    expect(costOf(await cycleAt(await keeperOn({ store, script }), 130), '1')).toBe('8');
    const repriced = await keeperOn({ store, script, dollarsPerHour: 40 });
    expect(costOf(await cycleAt(repriced, 131), '1')).toBe('10');
  });

  it('is loud where there is none: no cost, unpriced seconds, an issue with what to paste', async () => {
    const script = scriptOf(story('F/1', { from: 0, to: 60 }));
    const keeper = await keeperOn({ store: new MemoryStore(), script, dollarsPerHour: null });
    const state = await cycleAt(keeper, 130);
    expect([costOf(state, '1'), runOf(state, '1').unpricedSeconds]).toEqual([null, 3600]);
    expect(state.spend).toEqual([]);
    expect(state.issues.map(({ code, remedy }) => [code, remedy])).toEqual([['unpriced_host', 'rate_cards: …']]);
  });
});

describe('An attempt that nothing places', () => {
  it('costs nothing known, not 0, and is an issue that says what to set', async () => {
    const store = new MemoryStore();
    const lost = story('F/1', { from: 0, to: 60 });
    const script = scriptOf({ ...lost, attempt: { ...lost.attempt, hosts: ['elsewhere'] } });
    const state = await cycleAt(await keeperOn({ store, script }), 80);
    expect(costOf(state, '1')).toBeNull();
    const issues = await store.issues(state.asOf, { limit: 10 });
    expect(issues.map(({ code, value }) => [code, value])).toEqual([['unknown_host', 'elsewhere']]);
  });
});

describe('The order in which facts arrive', () => {
  it('does not matter: one by one, all at once, or again and again, the ledger is the same', async () => {
    const stories = [
      story('F/1', { from: 0, to: 45 }),
      story('F/2', { from: 30, to: 100, gpus: 3 }),
      story('F/3', { from: 90, to: 110, gpus: 2 }),
    ];
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2],
    ] as const;
    const ledgers = new Set<string>();
    for (const order of orders) {
      const store = new MemoryStore();
      const script: Script = { runs: [], attempts: [], fails: false };
      const keeper = await keeperOn({ store, script });
      for (const [step, index] of order.entries()) {
        script.runs.push(stories[index]!.run);
        script.attempts.push(stories[index]!.attempt);
        await cycleAt(keeper, 200 + 2 * step, 201 + 2 * step);
      }
      ledgers.add(await ledgerOf(store));
    }
    const store = new MemoryStore();
    await cycleAt(await keeperOn({ store, script: scriptOf(...stories) }), 205);
    ledgers.add(await ledgerOf(store));
    expect(ledgers.size).toBe(1);
  });

  async function ledgerOf(store: MemoryStore): Promise<string> {
    const asOf = await store.lastLoad();
    const periods = await store.hostPeriods({ from: at(0), to: at(0) + 3 * HOUR_MS, limit: 100 }, asOf);
    const pieces = await Promise.all(
      periods.map(({ origin }) => store.piecesOfPeriod(origin.host, origin.period, asOf)),
    );
    return pieces
      .flat()
      .map(({ period, kind, cause, holder, amount, weight }) =>
        [period.start, kind, cause, holder && attemptKeyText(holder), amount, weight].join(' '),
      )
      .sort()
      .join('\n');
  }
});
