import {
  containsInstant,
  cutAt,
  HOUR_MS,
  hoursTouching,
  hourStart,
  interval,
  millisecondsOf,
  monthOf,
  overlap,
} from '../../../exporter/src/units/interval';

const at = (text: string): number => Date.parse(text);

describe('interval', () => {
  test('is half-open', () => {
    const span = interval(10, 20);
    expect(millisecondsOf(span)).toBe(10);
    expect([9, 10, 19, 20].map((instant) => containsInstant(span, instant))).toEqual([false, true, true, false]);
  });

  test('may have no length', () => {
    expect(millisecondsOf(interval(10, 10))).toBe(0);
    expect(containsInstant(interval(10, 10), 10)).toBe(false);
  });

  test('refuses an end before its start', () => {
    expect(() => interval(20, 10)).toThrow('Interval ends before it starts: 10 < 20.');
  });

  test.each([
    [0.5, 1],
    [0, 1.5],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
    [0, 2 ** 53],
  ])('refuses borders that are no whole milliseconds: %d, %d', (start, end) => {
    expect(() => interval(start, end)).toThrow('Interval borders must be whole milliseconds');
  });
});

describe('overlap', () => {
  test.each([
    [interval(0, 10), interval(5, 15), { start: 5, end: 10 }],
    [interval(0, 10), interval(2, 3), { start: 2, end: 3 }],
    [interval(0, 10), interval(10, 20), null],
    [interval(0, 10), interval(20, 30), null],
    [interval(0, 10), interval(5, 5), null],
  ])('of %j and %j is %j', (a, b, shared) => {
    expect(overlap(a, b)).toEqual(shared);
    expect(overlap(b, a)).toEqual(shared);
  });
});

describe('hours', () => {
  test('start at the full hour, before 1970 too', () => {
    expect(hourStart(at('2026-11-21T04:59:59.999Z'))).toBe(at('2026-11-21T04:00Z'));
    expect(hourStart(at('2026-11-21T04:00Z'))).toBe(at('2026-11-21T04:00Z'));
    expect(hourStart(-1)).toBe(-HOUR_MS);
  });

  test('touching a span are whole, and the one that only starts at its end is left out', () => {
    expect(hoursTouching(interval(at('2026-11-21T04:59Z'), at('2026-11-21T06:00Z')))).toEqual([
      interval(at('2026-11-21T04:00Z'), at('2026-11-21T05:00Z')),
      interval(at('2026-11-21T05:00Z'), at('2026-11-21T06:00Z')),
    ]);
  });
});

describe('monthOf', () => {
  test.each([
    ['2024-02-29T23:59:59.999Z', '2024-02-01T00:00Z', '2024-03-01T00:00Z'],
    ['2023-02-28T12:00Z', '2023-02-01T00:00Z', '2023-03-01T00:00Z'],
    ['2026-12-31T23:00Z', '2026-12-01T00:00Z', '2027-01-01T00:00Z'],
    ['2026-11-01T00:00Z', '2026-11-01T00:00Z', '2026-12-01T00:00Z'],
  ])('of %s is the calendar month', (instant, start, end) => {
    expect(monthOf(at(instant))).toEqual(interval(at(start), at(end)));
  });
});

describe('cutAt', () => {
  test('cuts at the borders inside, in order, each once', () => {
    expect(cutAt(interval(0, 10), [7, 3, 7, 0, 10, 12, -1])).toEqual([interval(0, 3), interval(3, 7), interval(7, 10)]);
  });

  test('leaves a span without a border inside as it is', () => {
    expect(cutAt(interval(0, 10), [])).toEqual([interval(0, 10)]);
  });
});
