import { clockFrom, systemClock } from '../../../exporter/src/clock';

describe('FLOWLEDGER_CLOCK', () => {
  it('is real time where it is not set', () => {
    expect([clockFrom(undefined), clockFrom('')]).toEqual([systemClock, systemClock]);
  });

  it('starts at its instant, and stands still at speed 0', () => {
    expect(clockFrom('2026-11-21T05:00:00Z@0').now()).toBe(Date.UTC(2026, 10, 21, 5));
  });

  it('runs as fast as it is told', () => {
    const [slow, fast] = [clockFrom('2026-11-21T05:00:00+02:00@1'), clockFrom('2026-11-21T05:00:00Z@1000')];
    expect([slow.speed, fast.speed]).toEqual([1, 1000]);
    expect(slow.now()).toBeLessThan(Date.UTC(2026, 10, 21, 4));
  });

  it.each(['yesterday', '2026-11-21T05:00:00@1', '2026-11-21T05:00:00Z@fast', '@2'])(
    'refuses %s and says what it wants',
    (text) => {
      expect(() => clockFrom(text)).toThrow(/FLOWLEDGER_CLOCK=.* is not <ISO instant with zone>@<speed>/);
    },
  );
});
