import fc from 'fast-check';
import {
  firstWait,
  realDeadline,
  realMilliseconds,
  waitAfter,
} from '../../../../exporter/src/feeds/scrape/scrape-schedule';
import { Slots, type Standing } from '../../../../exporter/src/feeds/scrape/slots';

/** Takes slots and counts who got one. */
function crowd(slots: Slots) {
  const got: { [standing in Standing]: number } = { proven: 0, new: 0, failed: 0 };
  return {
    got,
    async ask(standing: Standing, count: number): Promise<void> {
      for (let index = 0; index < count; index++) void slots.take(standing).then(() => (got[standing] += 1));
      await Promise.resolve();
    },
  };
}

describe('The slots of a pool', () => {
  it('keep targets that answer from waiting for those that failed or are new', async () => {
    const { got, ask } = crowd(new Slots());
    await ask('failed', 40);
    await ask('new', 40);
    expect(got).toEqual({ proven: 0, new: 16, failed: 8 });
    await ask('proven', 8);
    expect(got).toEqual({ proven: 8, new: 16, failed: 8 });
  });

  it('are 20 for targets that answer, so that a target that failed is asked again beside any number', async () => {
    const { got, ask } = crowd(new Slots());
    await ask('proven', 1000);
    await ask('failed', 1);
    expect(got).toEqual({ proven: 20, new: 0, failed: 1 });
  });

  it('go to who waits when they are given back, to targets that answer first', async () => {
    const slots = new Slots();
    const { got, ask } = crowd(slots);
    await ask('failed', 9);
    await ask('new', 16);
    await ask('proven', 9);
    expect(got).toEqual({ proven: 8, new: 16, failed: 8 });
    slots.give('failed');
    await Promise.resolve();
    expect(got).toEqual({ proven: 9, new: 16, failed: 8 });
    slots.give('proven');
    await Promise.resolve();
    expect(got).toEqual({ proven: 9, new: 16, failed: 9 });
  });

  it('are never more than 32 at once, and none is lost, whatever comes in whatever order', async () => {
    const step = fc.record({ standing: fc.constantFrom<Standing>('proven', 'new', 'failed'), takes: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 300 }), async (steps) => {
        const slots = new Slots();
        const { got, ask } = crowd(slots);
        const asked = { proven: 0, new: 0, failed: 0 };
        const given = { proven: 0, new: 0, failed: 0 };
        const held = (standing: Standing): number => got[standing] - given[standing];
        for (const { standing, takes } of steps) {
          if (takes) {
            asked[standing] += 1;
            await ask(standing, 1);
          } else if (held(standing) > 0) {
            given[standing] += 1;
            slots.give(standing);
            await Promise.resolve();
          }
          expect(held('proven') + held('new') + held('failed')).toBeLessThanOrEqual(32);
        }
        for (let round = 0; round < 400; round++) {
          for (const standing of ['proven', 'new', 'failed'] as const) {
            if (held(standing) === 0) continue;
            given[standing] += 1;
            slots.give(standing);
          }
          await Promise.resolve();
        }
        expect(given).toEqual(asked);
      }),
      { numRuns: 50 },
    );
  });
});

describe('The schedule of a target', () => {
  it.each([
    [0, 15_000, 15_000],
    [1, 15_000, 15_000],
    [2, 15_000, 30_000],
    [3, 15_000, 60_000],
    [9, 15_000, 60_000],
    [5000, 15_000, 60_000],
    [4, 5000, 40_000],
    [7, 300_000, 300_000],
  ])('waits, after %i failures at %i ms, %i ms', (failures, intervalMs, expected) => {
    expect(waitAfter(failures, intervalMs)).toBe(expected);
  });

  it('begins at a time of the address, within the first interval and within a second', () => {
    const waits = Array.from({ length: 200 }, (_, index) => firstWait(`http://gpu-${index}:9400/metrics`, 15_000));
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...waits)).toBeLessThan(1000);
    expect(new Set(waits.map((wait) => Math.floor(wait / 100))).size).toBe(10);
    expect(firstWait('http://gpu-7:9400/metrics', 15_000)).toBe(waits[7]);
    expect(firstWait('http://gpu-7:9400/metrics', 100)).toBeLessThan(100);
  });

  it('runs as fast as the clock, but leaves a network its second', () => {
    expect([realMilliseconds(15_000, 60), realMilliseconds(15_000, 0)]).toEqual([250, 15_000]);
    expect([realDeadline(5000, 1), realDeadline(5000, 60), realDeadline(5000, 0)]).toEqual([5000, 1000, 5000]);
    expect(realDeadline(200, 60)).toBe(200);
  });
});
