import fc from 'fast-check';
import type { AllocatedCharge, ChargePeriod } from '../../exporter/src/facts/charge';
import type { DeviceStretch } from '../../exporter/src/facts/gpu-sample';
import { allocateHour, type HostHourInput } from '../../exporter/src/ledger/allocate';
import type { Interval } from '../../exporter/src/units/interval';
import { oracleHour } from '../oracle/allocate-oracle';
import { comparedCharge, comparedOracle } from '../oracle/parties';
import { randomTelemetry } from './random-telemetry';

const RUNS = { numRuns: 600 };

const periodsOf = (input: HostHourInput): ChargePeriod[] => allocateHour(input).periods;
const workload = ({ pieces }: ChargePeriod): AllocatedCharge[] => pieces.filter(({ kind }) => kind === 'workload');

/** The money of a piece is left out; what telemetry says of it, too. */
const heldOf = ({ amount: _amount, usage: _usage, ...rest }: AllocatedCharge): object => rest;

test('the ledger and the oracle agree on what telemetry says of a random hour, to the last digit', () => {
  fc.assert(
    fc.property(randomTelemetry, (input) => {
      expect(periodsOf(input).map(comparedCharge)).toEqual(oracleHour(input).map(comparedOracle));
    }),
    { numRuns: 1500 },
  );
});

describe('telemetry', () => {
  test('never changes what attempts hold: their weights, times and GPU time', () => {
    fc.assert(
      fc.property(randomTelemetry, (input) => {
        const [seen, unseen] = [periodsOf(input), periodsOf({ ...input, stretches: [] })];
        expect(seen.map(({ origin }) => origin)).toEqual(unseen.map(({ origin }) => origin));
        expect(seen.flatMap(workload).map(heldOf)).toEqual(unseen.flatMap(workload).map(heldOf));
      }),
      RUNS,
    );
  });

  test('never changes what attempts cost, but for the last digit where a part of idle becomes unattributed', () => {
    fc.assert(
      fc.property(randomTelemetry, (input) => {
        const unseen = periodsOf({ ...input, stretches: [] });
        periodsOf(input).forEach((period, place) => {
          const [now, before] = [period, unseen[place]!].map((one) => workload(one).map(({ amount }) => amount ?? 0n));
          const isMoved = period.pieces.some(({ kind }) => kind === 'unattributed');
          const most = now!.reduce((drift, amount, index) => larger(drift, distance(amount, before![index]!)), 0n);
          expect(most <= (isMoved ? 1n : 0n)).toBe(true);
        });
      }),
      RUNS,
    );
  });

  test('divides held GPU time: used and workload idle are at most that, busy at most them, nothing is negative', () => {
    fc.assert(
      fc.property(randomTelemetry, (input) => {
        for (const { usage, gpuTime } of periodsOf(input).flatMap(({ pieces }) => pieces)) {
          if (!usage) continue;
          const { used, workloadIdle, busy, energyMillijoules } = usage;
          const observed = used + workloadIdle;
          expect([used, workloadIdle, busy, BigInt(energyMillijoules ?? 0)].every((part) => part >= 0n)).toBe(true);
          expect([observed > 0n, observed <= gpuTime, busy <= observed + BigInt(input.stretches.length)]).toEqual([
            true,
            true,
            true,
          ]);
        }
      }),
      RUNS,
    );
  });

  test('deals out no more energy than the devices used in the time, but for the last digit of each part', () => {
    fc.assert(
      fc.property(randomTelemetry, (input) => {
        for (const { origin, pieces } of periodsOf(input)) {
          const used = input.stretches.map((stretch) => energyWithin(stretch, origin.period));
          const dealt = pieces.reduce((sum, { usage }) => sum + (usage?.energyMillijoules ?? 0), 0);
          const digits = input.stretches.length * pieces.length;
          expect(dealt).toBeLessThanOrEqual(used.reduce((sum, energy) => sum + energy, 0) + digits);
        }
      }),
      RUNS,
    );
  });

  test('says the same in whatever order it comes', () => {
    const reordered = randomTelemetry.chain((input) => {
      const all = { minLength: input.stretches.length, maxLength: input.stretches.length };
      return fc.tuple(fc.constant(input), fc.shuffledSubarray([...input.stretches], all));
    });
    fc.assert(
      fc.property(reordered, ([input, stretches]) => {
        expect(periodsOf({ ...input, stretches })).toEqual(periodsOf(input));
      }),
      RUNS,
    );
  });

  test('that is missing altogether leaves everything unobserved', () => {
    fc.assert(
      fc.property(randomTelemetry, (input) => {
        const pieces = periodsOf({ ...input, stretches: [] }).flatMap(({ pieces: all }) => all);
        expect(pieces.filter(({ usage, kind }) => usage !== undefined || kind === 'unattributed')).toEqual([]);
      }),
      RUNS,
    );
  });
});

function energyWithin({ start, end, energyMillijoules }: DeviceStretch, period: Interval): number {
  const shared = Math.max(0, Math.min(end, period.end) - Math.max(start, period.start));
  return ((energyMillijoules ?? 0) * shared) / (end - start);
}

const distance = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b);
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
