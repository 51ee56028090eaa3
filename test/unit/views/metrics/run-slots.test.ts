import fc from 'fast-check';
import type { RunMetrics } from '../../../../exporter/src/facts/published';
import { OVERFLOW_RUN, RunSlots, totalsOf } from '../../../../exporter/src/views/metrics/run-slots';
import { runMetrics } from '../../../support/run-metrics';

const finished = (id: string, dollars: bigint): RunMetrics =>
  runMetrics('Flow', id, { cost: { estimated: dollars, billed: 0n } });
const live = (id: string, dollars: bigint): RunMetrics => ({
  ...finished(id, dollars),
  live: true,
  outcome: 'running',
});
const idsOf = (runs: readonly RunMetrics[]): string[] => runs.map(({ key }) => key.run).sort();

test('below the cap every run has a slot, in the order given', () => {
  const { shown, overflow, folded } = new RunSlots(3).assign([finished('b', 1n), finished('a', 2n)]);
  expect([shown.map(({ key }) => key.run), overflow, folded]).toEqual([['b', 'a'], [], 0]);
});

test('above the cap live runs come first and the cheapest finished ones fold', () => {
  const runs = [finished('dear', 9n), finished('cheap', 1n), finished('fair', 5n), live('live', 0n)];
  const { shown, overflow, folded } = new RunSlots(2).assign(runs);
  expect([idsOf(shown), folded]).toEqual([['dear', 'live'], 2]);
  expect(overflow).toEqual([
    expect.objectContaining({
      key: { deployment: 'prod', flow: 'Flow', run: OVERFLOW_RUN },
      cost: { estimated: 6n, billed: 0n },
    }),
  ]);
});

test('a run keeps its slot although a dearer finished one comes', () => {
  const slots = new RunSlots(2);
  slots.assign([finished('a', 1n), finished('b', 2n)]);
  expect(idsOf(slots.assign([finished('a', 1n), finished('b', 2n), finished('c', 9n)]).shown)).toEqual(['a', 'b']);
  expect(idsOf(slots.assign([finished('a', 1n), finished('b', 2n), live('d', 0n)]).shown)).toEqual(['b', 'd']);
});

test('runs fold by deployment and flow', () => {
  const runs = ['A', 'B', 'A'].map((flow, index) =>
    runMetrics(flow, String(index), { cost: { estimated: 1n, billed: 2n } }),
  );
  const { overflow } = new RunSlots(0).assign(runs);
  expect(overflow.map(({ key, cost }) => [key.flow, cost])).toEqual([
    ['A', { estimated: 2n, billed: 4n }],
    ['B', { estimated: 1n, billed: 2n }],
  ]);
});

test('what telemetry tells of folded runs adds up, and what nothing tells stays unknown', () => {
  const facts = { heldGpuSeconds: 9, usedGpuSeconds: 5, workloadIdleGpuSeconds: 1 };
  const runs = [runMetrics('A', '1', { ...facts, energyJoules: 7 }), runMetrics('A', '2', facts), runMetrics('B', '1')];
  const { overflow } = new RunSlots(0).assign(runs);
  expect(overflow).toMatchObject([
    { heldGpuSeconds: 18, usedGpuSeconds: 10, workloadIdleGpuSeconds: 2, energyJoules: 7 },
    { heldGpuSeconds: 0, energyJoules: null },
  ]);
});

test('folded runs without a price have no cost together', () => {
  const { overflow } = new RunSlots(0).assign([
    runMetrics('Flow', '1', { unpricedSeconds: 5 }),
    runMetrics('Flow', '2'),
  ]);
  expect(overflow).toEqual([expect.objectContaining({ cost: null, perHour: null, unpricedSeconds: 5 })]);
});

test('a run that is itself named _overflow is never shown beside the sum', () => {
  const { shown, overflow } = new RunSlots(5).assign([finished(OVERFLOW_RUN, 3n), finished('a', 1n)]);
  expect([idsOf(shown), overflow[0]?.cost?.estimated]).toEqual([['a'], 3n]);
});

const anyRun = fc
  .record({
    flow: fc.constantFrom('A', 'B', 'C'),
    run: fc.oneof(fc.nat(40).map(String), fc.constant(OVERFLOW_RUN)),
    live: fc.boolean(),
    cost: fc.option(fc.record({ estimated: fc.bigInt(-(10n ** 20n), 10n ** 20n), billed: fc.bigInt(0n, 10n ** 20n) })),
    perHour: fc.option(fc.bigInt(0n, 10n ** 15n)),
  })
  .map(({ flow, run, ...facts }) => runMetrics(flow, run, facts));
const anyRuns = fc.uniqueArray(anyRun, { selector: ({ key }) => `${key.flow}/${key.run}`, maxLength: 60 });

test('law: whatever folds, the sums by flow stay what they were, to the last digit', () => {
  fc.assert(
    fc.property(fc.array(anyRuns, { minLength: 1, maxLength: 4 }), fc.nat(30), (cycles, max) => {
      const slots = new RunSlots(max);
      for (const runs of cycles) {
        const slotted = slots.assign(runs);
        expect(slotted.shown.length).toBeLessThanOrEqual(max);
        expect(slotted.shown.length + slotted.folded).toBe(runs.length);
        expect(sums(totalsOf(slotted))).toEqual(sums(runs));
      }
    }),
  );
});

test('law: no finished run has a slot while a live one has none', () => {
  fc.assert(
    fc.property(anyRuns, fc.nat(30), (runs, max) => {
      const { shown, folded } = new RunSlots(max).assign(runs);
      const liveRuns = runs.filter((run) => run.live && run.key.run !== OVERFLOW_RUN).length;
      expect(shown.filter((run) => run.live).length).toBe(Math.min(liveRuns, max));
      expect(folded).toBe(runs.length - shown.length);
    }),
  );
});

type Countable = Pick<RunMetrics, 'key' | 'cost' | 'perHour'>;

function sums(runs: readonly Countable[]): Record<string, bigint> {
  const total: Record<string, bigint> = {};
  const add = (name: string, amount: bigint): void => void (total[name] = (total[name] ?? 0n) + amount);
  for (const { key, cost, perHour } of runs) {
    if (cost) add(`${key.flow} estimated`, cost.estimated);
    if (cost) add(`${key.flow} billed`, cost.billed);
    if (perHour !== null) add(`${key.flow} per hour`, perHour);
  }
  return total;
}
