import fc from 'fast-check';
import type { AllocatedCharge, ChargePeriod } from '../../exporter/src/facts/charge';
import type { PriceSpan } from '../../exporter/src/facts/price';
import { allocateHour, type HostHourInput } from '../../exporter/src/ledger/allocate';
import { HOUR_START, randomHostHour } from './random-host-hour';

const HOUR_MS = 3_600_000;
const RUNS = { numRuns: 1000 };

const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
const shuffled = <Item>(items: readonly Item[]): fc.Arbitrary<Item[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

/** The law on every charge period of a random host-hour. */
function law(name: string, holds: (period: ChargePeriod, input: HostHourInput) => void): void {
  test(name, () => {
    fc.assert(
      fc.property(randomHostHour, (input) => allocateHour(input).periods.forEach((period) => holds(period, input))),
      RUNS,
    );
  });
}

describe('every charge period of a random fleet', () => {
  law('is allocated exactly: its pieces sum to its origin charge, or all are unpriced', ({ origin, pieces }) => {
    const amounts = pieces.map(({ amount }) => amount);
    if (origin.amount === null) expect(amounts.every((amount) => amount === null)).toBe(true);
    else expect(sumOf(amounts.map((amount) => amount!))).toBe(origin.amount);
  });

  law('has weights that sum to its capacity', ({ origin, pieces }) => {
    expect(sumOf(pieces.map(({ weight }) => weight))).toBe(origin.capacityWeight);
  });

  law('has GPU time that sums to its GPUs × its length', ({ origin, pieces }, { host }) => {
    const { start, end } = origin.period;
    expect(origin.gpuTime).toBe(host.gpus * BigInt(end - start));
    expect(sumOf(pieces.map(({ gpuTime }) => gpuTime))).toBe(origin.gpuTime);
  });

  law('has no negative piece', ({ pieces }) => {
    expect(pieces.filter(({ amount, weight, gpuTime }) => (amount ?? 0n) < 0n || weight < 0n || gpuTime < 0n)).toEqual(
      [],
    );
  });

  law(
    'charges nothing to clones, to attempts of no length and to attempts of unknown holdings',
    ({ pieces }, { holdings }) => {
      const nothing = holdings.filter(
        ({ attempt }) => attempt.isClone || attempt.held === null || attempt.end === attempt.start,
      );
      const keys = nothing.map(({ attempt }) => JSON.stringify(attempt.key));
      expect(pieces.filter(({ holder }) => keys.includes(JSON.stringify(holder)))).toEqual([]);
    },
  );

  law('gives each attempt one piece, of its own time at most', ({ origin, pieces }, { holdings }) => {
    for (const { holder, heldMs, held } of pieces.filter(({ kind }) => kind === 'workload')) {
      expect(pieces.filter((piece) => JSON.stringify(piece.holder) === JSON.stringify(holder))).toHaveLength(1);
      const { attempt } = holdings.find(({ attempt: one }) => JSON.stringify(one.key) === JSON.stringify(holder))!;
      const start = Math.max(attempt.start, origin.period.start);
      const end = Math.min(attempt.end ?? Infinity, origin.period.end);
      expect({ held, heldMs }).toEqual({ held: { start, end }, heldMs: end - start });
    }
  });
});

test('the charge periods of an hour follow each other and fill what exists of the host', () => {
  fc.assert(
    fc.property(randomHostHour, (input) => {
      const periods = allocateHour(input).periods.map(({ origin }) => origin.period);
      const { host, span, firstHeld } = input;
      const from = host.from ?? (firstHeld === null ? Infinity : Math.floor(firstHeld / HOUR_MS) * HOUR_MS);
      const [start, end] = [Math.max(span.start, from), Math.min(span.end, host.to ?? Infinity)];
      const edges = [...periods.map((period) => period.start), periods.at(-1)?.end];
      expect(edges).toEqual(start < end ? [start, ...periods.map((period) => period.end)] : [undefined]);
    }),
    RUNS,
  );
});

test('the order in which holdings, prices and activity come changes nothing, nor does dividing twice', () => {
  const reordered = randomHostHour.chain((input) =>
    fc.tuple(fc.constant(input), shuffled(input.holdings), shuffled(input.prices), shuffled(input.activity)),
  );
  fc.assert(
    fc.property(reordered, ([input, holdings, prices, activity]) => {
      const answer = allocateHour(input);
      expect(allocateHour({ ...input, holdings, prices, activity })).toEqual(answer);
      expect(allocateHour(input)).toEqual(answer);
    }),
    RUNS,
  );
});

describe('an hour that is cut at a moment where the price does not change', () => {
  const cutHour = fc.tuple(
    randomHostHour,
    fc.integer({ min: 1, max: HOUR_MS - 1 }).map((ms) => HOUR_START + ms),
  );

  type Sums = { amount: bigint; weight: bigint; gpuTime: bigint };

  /** By holder or kind: the causes of idle are a matter of the whole charge period and do not add up. */
  function sums(periods: readonly ChargePeriod[]): Map<string, Sums> {
    const byParty = new Map<string, Sums>();
    for (const piece of periods.flatMap(({ pieces }) => pieces)) {
      const name = partyOf(piece);
      const { amount, weight, gpuTime } = byParty.get(name) ?? { amount: 0n, weight: 0n, gpuTime: 0n };
      byParty.set(name, {
        amount: amount + (piece.amount ?? 0n),
        weight: weight + piece.weight,
        gpuTime: gpuTime + piece.gpuTime,
      });
    }
    return byParty;
  }

  const partyOf = ({ kind, holder }: AllocatedCharge): string => JSON.stringify([kind, holder]);

  const cutPrice = (price: PriceSpan, at: number): PriceSpan[] => {
    const isCut = (price.start ?? -Infinity) < at && at < (price.end ?? Infinity);
    return isCut
      ? [
          { ...price, end: at },
          { ...price, start: at },
        ]
      : [price];
  };

  const whole = (input: HostHourInput): ChargePeriod[] => allocateHour(input).periods;
  const inTwo = (input: HostHourInput, at: number): ChargePeriod[] => {
    const [left, right] = [Math.min(at, input.span.end), Math.max(input.span.start, Math.min(at, input.span.end))];
    const spans = [
      { start: input.span.start, end: left },
      { start: right, end: input.span.end },
    ];
    return spans.filter(({ start, end }) => start < end).flatMap((span) => whole({ ...input, span }));
  };

  const timesOf = (periods: readonly ChargePeriod[]): Map<string, Pick<Sums, 'weight' | 'gpuTime'>> =>
    new Map([...sums(periods)].map(([name, { weight, gpuTime }]) => [name, { weight, gpuTime }]));

  test('has the same weights and the same GPU time in sum, party by party, exactly', () => {
    fc.assert(
      fc.property(cutHour, ([input, at]) => {
        const prices = input.prices.flatMap((price) => cutPrice(price, at));
        expect(timesOf(inTwo(input, at))).toEqual(timesOf(whole(input)));
        expect(timesOf(whole({ ...input, prices }))).toEqual(timesOf(whole(input)));
      }),
      RUNS,
    );
  });

  test('has the same money in sum up to 3 × 10⁻¹² a charge period and party: each is rounded on its own', () => {
    fc.assert(
      fc.property(cutHour, ([input, at]) => {
        const [expected, periods] = [sums(whole(input)), inTwo(input, at)];
        const tolerance = 3n * BigInt(periods.length + whole(input).length);
        for (const [name, { amount }] of sums(periods)) {
          const drift = amount - expected.get(name)!.amount;
          expect(drift <= tolerance && -drift <= tolerance).toBe(true);
        }
      }),
      RUNS,
    );
  });
});
