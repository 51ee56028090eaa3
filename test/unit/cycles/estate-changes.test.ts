import type { Keeper } from '../../../exporter/src/cycles/keeper';
import type { PublishedState } from '../../../exporter/src/facts/published';
import { HOUR_MS } from '../../../exporter/src/units/interval';
import { sumAmounts } from '../../../exporter/src/units/money';
import { printAmount } from '../../../exporter/src/units/money-text';
import { MemoryStore } from '../../support/memory-store';
import { DAWN, MINUTE_MS } from '../../support/view-estate';
import { keeperOn, type Script, story } from './scripted-feed';

/** Four GPUs at 32 $/h: one GPU for one hour is 8 $. */
const at = (minute: number): number => DAWN + minute * MINUTE_MS;

function scriptOf(...stories: ReturnType<typeof story>[]): Script {
  return { runs: stories.map(({ run }) => run), attempts: stories.map(({ attempt }) => attempt), fails: false };
}

const costOf = (state: PublishedState, id: string): string | null => {
  const { cost } = state.runs.find(({ key }) => key.run === id)!;
  return cost === null ? null : printAmount(cost.estimated);
};

const codes = (state: PublishedState): string[] => state.issues.map(({ code }) => code);

async function cycleAt(keeper: Keeper, ...minutes: number[]): Promise<PublishedState> {
  let state: PublishedState | null = null;
  for (const minute of minutes) state = await keeper.cycle(at(minute));
  return state!;
}

async function closedCharges(store: MemoryStore): Promise<string[]> {
  const rows = await store.hostPeriods({ from: 0, to: at(100_000), limit: 10_000 }, await store.lastLoad());
  return rows.map(({ origin, workload }) => `${origin.host} ${printAmount(origin.amount!)} ${printAmount(workload!)}`);
}

describe('A host that is renamed in the configuration', () => {
  it('takes its runs along: nothing is charged twice, and the old name keeps its hours as idle', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: 120 }));
    expect(costOf(await cycleAt(await keeperOn({ store, script }), 200), '1')).toBe('16');
    const renamed = await keeperOn({ store, script, node: { name: 'node-2' } });
    expect(costOf(await cycleAt(renamed, 201, 202), '1')).toBe('16');
    const charges = await closedCharges(store);
    expect(charges.filter((charge) => charge.startsWith('node-1'))).toEqual(Array(3).fill('node-1 32 0'));
    expect(charges.filter((charge) => charge.startsWith('node-2'))).toEqual([
      'node-2 32 8',
      'node-2 32 8',
      'node-2 32 0',
    ]);
  });

  it('can still be restated after it is gone', async () => {
    const store = new MemoryStore();
    const open = { ...story('F/1', { from: 0, to: null }) };
    const placed = { ...open, attempt: { ...open.attempt, hosts: ['node-1'] } };
    const script = scriptOf(placed);
    await cycleAt(await keeperOn({ store, script }), 130);
    script.attempts = [{ ...placed.attempt, end: at(30), endSource: 'last_record', outcome: 'lost' }];
    script.runs = [{ ...open.run, endedAt: at(30), outcome: 'lost' }];
    const state = await cycleAt(await keeperOn({ store, script, node: { name: 'node-2' } }), 131);
    expect(costOf(state, '1')).toBe('4');
  });
});

describe('Time outside the dates of a host', () => {
  it('is not charged, is not complete, and is an issue', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: 120 }), story('F/2', { from: 180, to: 240 }));
    const state = await cycleAt(await keeperOn({ store, script, node: { to: at(60) } }), 300);
    expect([costOf(state, '1'), costOf(state, '2')]).toEqual(['8', null]);
    const runs = await store.runs({ limit: 10 }, state.asOf);
    expect(runs.map(({ gaps }) => gaps.unchargedAttempts)).toEqual([1, 1]);
    const issues = await store.issues(state.asOf, { limit: 10 });
    expect(issues.map(({ code }) => code)).toEqual(['held_outside_host']);
  });
});

describe('An issue', () => {
  it('is taken back when the configuration is mended and its runs are read again', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: 120 }));
    await cycleAt(await keeperOn({ store, script, node: { to: at(60) } }), 300);
    const state = await cycleAt(await keeperOn({ store, script }), 301);
    const left = (await store.issues(state.asOf, { limit: 10 })).filter(({ count }) => count > 0);
    expect([costOf(state, '1'), left]).toEqual(['16', []]);
  });
});

describe('A feed that fails at the start', () => {
  it('leaves what is known of a run as it was, and is an issue', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: null }), story('F/2', { from: 0, to: 20 }));
    await cycleAt(await keeperOn({ store, script }), 20);
    const told: string[] = [];
    const context = { onFault: (message: string): void => void told.push(message) };
    const failing = await keeperOn({ store, script: { ...script, fails: true }, context });
    const state = await cycleAt(failing, 25, 26);
    expect([costOf(state, '1'), costOf(state, '2'), state.completeUntil]).toEqual([
      '2.666666666667',
      '2.666666666667',
      null,
    ]);
    expect(state.spend.map(({ kind, perHour }) => [kind, printAmount(perHour)])).toEqual([
      ['workload', '8'],
      ['idle', '24'],
    ]);
    expect([codes(state), told]).toEqual([['feed_failed'], ['The feed scripted fails: The tree cannot be read.']]);
  });
});

describe('Hours that a killed process left out', () => {
  it('are closed at the next start', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 600, to: 630 }));
    await cycleAt(await keeperOn({ store, script }), 700);
    const early = { start: at(0), end: at(60) };
    const closing = { host: 'node-1', hour: early, pricingHash: 'of an early hour alone', periods: [] };
    await store.publish({ key: 'killed', at: at(701), runs: [], attempts: [], closings: [closing], issues: [] });
    const node = { from: at(0) };
    const state = await cycleAt(await keeperOn({ store, script, node }), 702, 703);
    expect(await closedCharges(store)).toHaveLength(11);
    expect(costOf(state, '1')).toBe('4');
  });
});

describe('A first holding that moves later', () => {
  it('takes the idle hours before it along, whatever the order in which facts came', async () => {
    const store = new MemoryStore();
    const [first, second] = [story('F/1', { from: 0, to: 30 }), story('F/2', { from: 300, to: 330 })];
    const script = scriptOf(first, second);
    const keeper = await keeperOn({ store, script });
    await cycleAt(keeper, 400);
    expect(await closedCharges(store)).toHaveLength(6);
    script.attempts = [{ ...first.attempt, hosts: ['elsewhere'] }, second.attempt];
    await cycleAt(keeper, 401);
    expect(await closedCharges(store)).toEqual(['node-1 32 4']);
  });
});

describe('An attempt that its run shows no more', () => {
  it('is lost at its last sign, and costs no further', async () => {
    const store = new MemoryStore();
    const shown = story('F/1', { from: 0, to: 30 });
    const gone = { ...shown.attempt, key: { ...shown.key, task: '2' }, end: null, lastSign: at(15) };
    const script = { ...scriptOf(shown), attempts: [shown.attempt, gone] };
    const keeper = await keeperOn({ store, script });
    await cycleAt(keeper, 40);
    script.attempts = [shown.attempt];
    script.runs = [{ ...shown.run, fingerprint: 'without task 2' }];
    const state = await cycleAt(keeper, 45);
    expect(costOf(state, '1')).toBe('6');
    expect((await store.runs({ limit: 1 }, state.asOf))[0]!.gaps.lostAttempts).toBe(1);
  });
});

describe('A clock', () => {
  it('that was ahead and closed the future keeps the exporter from starting', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: null }));
    await cycleAt(await keeperOn({ store, script }), 600);
    const early = keeperOn({ store, script, startedAt: at(6) });
    await expect(early).rejects.toThrow(/closed until .* A clock ran ahead/);
  });

  it('that is set back does not keep feeds from being read', async () => {
    const script = scriptOf(story('F/1', { from: 0, to: null }));
    const keeper = await keeperOn({ store: new MemoryStore(), script });
    await cycleAt(keeper, 30);
    const state = await cycleAt(keeper, 20);
    expect(state.completeUntil).toBe(at(20));
  });
});

describe('A host that was unpriced while it was held', () => {
  it('is an issue though it has a price now', async () => {
    const store = new MemoryStore();
    const script = scriptOf(story('F/1', { from: 0, to: 60 }));
    await cycleAt(await keeperOn({ store, script, dollarsPerHour: null }), 20);
    const state = await cycleAt(await keeperOn({ store, script, dollarsPerHour: null }), 130);
    expect(codes(state)).toEqual(['unpriced_host']);
    const rollups = state.rollups.filter(({ dimension }) => dimension === 'flow');
    expect(rollups).toEqual([]);
  });
});

describe('All costs together', () => {
  it('are the price of the host for the time that it is read, at every moment', async () => {
    const script = scriptOf(story('F/1', { from: 0, to: 100 }), story('F/2', { from: 30, to: null, gpus: 2 }));
    const store = new MemoryStore();
    const keeper = await keeperOn({ store, script });
    for (const minute of [15, 66, 75, 135]) {
      const state = await cycleAt(keeper, minute);
      const rows = await store.hostPeriods({ from: 0, to: at(10_000), limit: 1_000 }, state.asOf);
      const closed = sumAmounts(rows.map(({ origin }) => origin.amount!));
      const open = sumAmounts(state.open.map(({ origin }) => origin.amount!));
      expect(printAmount(closed + open)).toBe(printAmount((32_000_000_000_000n * BigInt(minute)) / 60n));
      expect(state.open.every(({ origin }) => origin.period.end - origin.period.start <= HOUR_MS)).toBe(true);
    }
  });
});
