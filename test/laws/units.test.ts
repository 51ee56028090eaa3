import fc from 'fast-check';
import { parseDecimal, printDecimal } from '../../exporter/src/units/decimal';
import { divideFloor, divideHalfEven } from '../../exporter/src/units/divide';
import {
  cutAt,
  hoursTouching,
  interval,
  type Interval,
  millisecondsOf,
  monthOf,
  overlap,
} from '../../exporter/src/units/interval';
import { printAmount, readAmount } from '../../exporter/src/units/money-text';
import { split } from '../../exporter/src/units/split';
import { compareUtf8 } from '../../exporter/src/units/utf8-order';

const RUNS = { numRuns: 1000 };
const total = fc.oneof(fc.bigInt({ min: -1000n, max: 1000n }), fc.bigInt({ min: -(10n ** 38n), max: 10n ** 38n }));
const weight = fc.oneof(fc.constant(0n), fc.bigInt({ min: 0n, max: 12n }), fc.bigInt({ min: 0n, max: 10n ** 21n }));
const weights = fc.array(weight, { minLength: 1, maxLength: 12 }).filter((some) => some.some((one) => one > 0n));
const divisor = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).filter((number) => number !== 0n);
const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
const magnitude = (number: bigint): bigint => (number < 0n ? -number : number);

/** A property of a split, over random totals and weights. */
function splitLaw(
  name: string,
  holds: (total: bigint, weights: readonly bigint[], shares: readonly bigint[]) => boolean,
): void {
  test(name, () => {
    fc.assert(
      fc.property(total, weights, (amount, parts) => holds(amount, parts, split(amount, parts))),
      RUNS,
    );
  });
}

describe('split', () => {
  splitLaw('loses and finds nothing', (amount, _, shares) => sumOf(shares) === amount);

  splitLaw('gives a zero weight nothing', (_, parts, shares) =>
    shares.every((share, place) => parts[place] !== 0n || share === 0n),
  );

  splitLaw('stays within one unit of the exact share', (amount, parts, shares) =>
    shares.every((share, place) => magnitude(share * sumOf(parts) - amount * parts[place]!) < sumOf(parts)),
  );

  splitLaw('mirrors a negative total', (amount, parts, shares) =>
    split(-amount, parts).every((share, place) => share === -shares[place]!),
  );

  splitLaw('gives no more to a smaller weight', (amount, parts, shares) =>
    parts.every((one, i) =>
      parts.every((other, j) => one >= other || magnitude(shares[i]!) <= magnitude(shares[j]!) || amount === 0n),
    ),
  );

  splitLaw('depends on proportions alone', (amount, parts, shares) =>
    split(
      amount,
      parts.map((part) => part * 7n),
    ).every((share, place) => share === shares[place]),
  );

  test('gives everyone the same in any order, but for the last unit among equal remainders', () => {
    const places = weights.chain((parts) => {
      const order = parts.map((_, place) => place);
      return fc.tuple(
        fc.constant(parts),
        fc.shuffledSubarray(order, { minLength: order.length, maxLength: order.length }),
      );
    });
    fc.assert(
      fc.property(total, places, (amount, [parts, order]) => {
        const [shares, shuffled] = [
          split(amount, parts),
          split(
            amount,
            order.map((place) => parts[place]!),
          ),
        ];
        const rest = (place: number): bigint => (magnitude(amount) * parts[place]!) % sumOf(parts);
        order.forEach((place, position) => {
          const isTied = parts.some((_, other) => other !== place && rest(other) === rest(place));
          expect(magnitude(shuffled[position]! - shares[place]!) <= (isTied ? 1n : 0n)).toBe(true);
        });
      }),
      RUNS,
    );
  });
});

describe('divide', () => {
  const pairs = fc.tuple(total, divisor);

  test('half-even is never more than half a divisor off, and at exactly half it is even', () => {
    fc.assert(
      fc.property(pairs, ([numerator, denominator]) => {
        const quotient = divideHalfEven(numerator, denominator);
        const twiceOff = magnitude(numerator - quotient * denominator) * 2n;
        expect(twiceOff <= magnitude(denominator)).toBe(true);
        expect(twiceOff !== magnitude(denominator) || quotient % 2n === 0n).toBe(true);
      }),
      RUNS,
    );
  });

  test('half-even mirrors a negative number', () => {
    fc.assert(
      fc.property(pairs, ([numerator, denominator]) => {
        expect(divideHalfEven(-numerator, denominator)).toBe(-divideHalfEven(numerator, denominator));
        expect(divideHalfEven(numerator, -denominator)).toBe(-divideHalfEven(numerator, denominator));
      }),
      RUNS,
    );
  });

  test('half-even finds ties: an odd half goes to the even neighbor', () => {
    fc.assert(
      fc.property(total, fc.bigInt({ min: 1n, max: 10n ** 12n }), (whole, half) => {
        expect(divideHalfEven(whole * 2n * half + half, 2n * half)).toBe(whole % 2n === 0n ? whole : whole + 1n);
      }),
      RUNS,
    );
  });

  test('floor is the largest whole number that is not above the quotient', () => {
    fc.assert(
      fc.property(pairs, ([numerator, denominator]) => {
        const left = numerator - divideFloor(numerator, denominator) * denominator;
        expect(denominator > 0n ? 0n <= left && left < denominator : denominator < left && left <= 0n).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('money text', () => {
  const amount = fc.bigInt({ min: 1n - 10n ** 38n, max: 10n ** 38n - 1n });
  const decimal = fc.record({
    digits: fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
    scale: fc.integer({ min: 0, max: 28 }),
  });

  test('reads back what it printed', () => {
    fc.assert(
      fc.property(amount, (one) =>
        expect(readAmount(printAmount(one))).toEqual({ amount: one, residue: { digits: 0n, scale: 0 } }),
      ),
      RUNS,
    );
  });

  test('is plain: no exponent, no trailing zero, no negative zero', () => {
    fc.assert(
      fc.property(amount, (one) =>
        expect(printAmount(one)).toMatch(/^(0|-?([1-9]\d*|0\.\d*[1-9]|[1-9]\d*\.\d*[1-9]))$/),
      ),
      RUNS,
    );
  });

  test('keeps every digit: the amount and its residue are the text', () => {
    fc.assert(
      fc.property(decimal, (one) => {
        const read = readAmount(printDecimal(one));
        if ('fault' in read) throw new Error(read.fault);
        const { residue } = read;
        const places = Math.max(one.scale, residue.scale, 12);
        const at = ({ digits, scale }: { digits: bigint; scale: number }): bigint =>
          digits * 10n ** BigInt(places - scale);
        expect(at({ digits: read.amount, scale: 12 }) + at(residue)).toBe(at(one));
        expect(magnitude(at(residue)) * 2n <= 10n ** BigInt(places - 12)).toBe(true);
      }),
      RUNS,
    );
  });

  test('reads E-notation as the number it is', () => {
    fc.assert(
      fc.property(decimal, fc.integer({ min: -28, max: 28 }), ({ digits }, exponent) => {
        const read = parseDecimal(`${digits}e${exponent}`);
        if ('fault' in read) throw new Error(read.fault);
        expect(read.digits * 10n ** BigInt(28 - read.scale)).toBe(digits * 10n ** BigInt(28 + exponent));
      }),
      RUNS,
    );
  });

  test('is a plain decimal number or a fault, never a guess', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789.,eE+-_ $x') }),
      fc.double().map(String),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const isPlain = /^[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(text);
        expect('fault' in readAmount(text) || isPlain).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('intervals', () => {
  const instant = fc.integer({ min: -(10 ** 13), max: 10 ** 13 });
  const span = fc
    .tuple(instant, fc.integer({ min: 1, max: 10 ** 8 }))
    .map(([start, length]) => interval(start, start + length));
  const near = ({ start, end }: Interval): fc.Arbitrary<number[]> =>
    fc.array(fc.integer({ min: start - 10, max: end + 10 }), { maxLength: 8 });
  const spanWithBorders = span.chain((one) => fc.tuple(fc.constant(one), near(one)));

  test('cut anywhere follow each other, lose no millisecond and hold no border inside', () => {
    fc.assert(
      fc.property(spanWithBorders, ([one, borders]) => {
        const cuts = cutAt(one, borders);
        expect([one.start, ...cuts.map(({ end }) => end)]).toEqual([...cuts.map(({ start }) => start), one.end]);
        expect(cuts.every((cut) => millisecondsOf(cut) > 0)).toBe(true);
        expect(cuts.some(({ start, end }) => borders.some((border) => start < border && border < end))).toBe(false);
      }),
      RUNS,
    );
  });

  test('overlap in what both hold', () => {
    const pair = span.chain((one) =>
      fc.tuple(
        fc.constant(one),
        near(one).map((edges) => [...edges, one.start, one.end].sort((a, b) => a - b)),
      ),
    );
    fc.assert(
      fc.property(pair, fc.nat(), ([one, edges], choice) => {
        const other = interval(edges[choice % edges.length]!, edges.at(-1)!);
        const shared = overlap(one, other);
        expect(overlap(other, one)).toEqual(shared);
        const outside = cutAt(one, [other.start, other.end]).filter((cut) => overlap(cut, other) === null);
        const length = outside.reduce(
          (sum, cut) => sum + millisecondsOf(cut),
          shared === null ? 0 : millisecondsOf(shared),
        );
        expect(length).toBe(millisecondsOf(one));
      }),
      RUNS,
    );
  });

  test('lie in whole hours that cover them', () => {
    const short = fc
      .tuple(instant, fc.integer({ min: 1, max: 10 ** 7 }))
      .map(([start, length]) => interval(start, start + length));
    fc.assert(
      fc.property(short, (one) => {
        const hours = hoursTouching(one);
        expect(hours.every((hour) => overlap(hour, one) !== null && hour.start % 3_600_000 === 0)).toBe(true);
        const held = hours.map((hour) => millisecondsOf(overlap(hour, one)!));
        expect(held.reduce((sum, ms) => sum + ms, 0)).toBe(millisecondsOf(one));
      }),
      RUNS,
    );
  });

  test('of a month hold their instant and end where the next month starts', () => {
    fc.assert(
      fc.property(instant, (moment) => {
        const month = monthOf(moment);
        expect(month.start <= moment && moment < month.end).toBe(true);
        expect(monthOf(month.end).start).toBe(month.end);
        expect(monthOf(month.end - 1)).toEqual(month);
      }),
      RUNS,
    );
  });
});

test('UTF-8 order is the order of code points', () => {
  const name = fc.string({ unit: 'binary', maxLength: 4 });
  const points = (text: string): number[] => Array.from(text, (letter) => letter.codePointAt(0)!);
  const byPoints = (a: number[], b: number[]): number => {
    const place = a.findIndex((point, index) => point !== b[index]);
    return place < 0 ? a.length - b.length : a[place]! - (b[place] ?? -1);
  };
  fc.assert(
    fc.property(name, name, (a, b) =>
      expect(Math.sign(compareUtf8(a, b))).toBe(Math.sign(byPoints(points(a), points(b)))),
    ),
    RUNS,
  );
});
