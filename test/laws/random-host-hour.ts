import fc from 'fast-check';
import type { Attempt } from '../../exporter/src/facts/attempt';
import type { Host } from '../../exporter/src/facts/host';
import type { PriceSpan } from '../../exporter/src/facts/price';
import type { HostHourInput } from '../../exporter/src/ledger/allocate';
import { bytesFromGibibytes, milliVcpusFromVcpus, nanoGpus, nanoGpusFromGpus } from '../../exporter/src/units/quantity';

/** The hour every random story plays in; a leap day. */
export const HOUR_START = Date.UTC(2024, 1, 29, 23);
const HOUR_MS = 3_600_000;
const NAMES = ['a', 'b', 'Z', 'ä', '\u{1F600}', '\uFFFD', 'ab'];

const offset = fc.oneof(
  fc.integer({ min: -HOUR_MS, max: 2 * HOUR_MS }),
  fc.integer({ min: 0, max: 12 }).map((five) => five * 300_000),
);
const instant = offset.map((ms) => HOUR_START + ms);

const held = fc.record({
  gpus: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 4 }).map(nanoGpusFromGpus) },
    fc.bigInt({ min: 1n, max: 3_000_000_000n }).map(nanoGpus),
  ),
  vcpus: fc.integer({ min: 0, max: 96 }).map((quarters) => milliVcpusFromVcpus(quarters / 4)),
  memory: fc.integer({ min: 0, max: 256 }).map(bytesFromGibibytes),
  source: fc.constant('graph_info' as const),
});

const key = fc.record({
  deployment: fc.constant('test'),
  flow: fc.constantFrom(...NAMES),
  run: fc.constantFrom('1', '2'),
  step: fc.constantFrom('train', 'start'),
  task: fc.integer({ min: 0, max: 20 }).map(String),
  attempt: fc.integer({ min: 0, max: 11 }),
});

const attempt: fc.Arbitrary<Attempt> = fc
  .record({
    key,
    start: instant,
    length: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 * HOUR_MS }), fc.integer({ min: 1, max: 5 })),
    isOpen: fc.integer({ min: 0, max: 7 }).map((die) => die === 0),
    isClone: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
    held: fc.option(held, { nil: null, freq: 12 }),
  })
  .map(({ start, length, isOpen, ...rest }) => ({
    ...rest,
    start,
    end: isOpen ? null : start + length,
    endSource: isOpen ? ('open' as const) : ('attempt_ok' as const),
    outcome: 'succeeded' as const,
    hosts: ['h'],
    confidence: 'strong' as const,
    lastSign: start + length,
  }));

const attempts = fc.uniqueArray(attempt, { maxLength: 7, selector: ({ key: name }) => JSON.stringify(name) });

const perHour = fc.oneof(
  fc.constantFrom(0n, 1n, 32_000_000_000_000n, 12_240_000_000_000n),
  fc.bigInt({ min: 1n, max: 100_000_000_000_000n }),
);

const host: fc.Arbitrary<Host> = fc
  .record({
    gpus: fc.integer({ min: 0, max: 4 }).map(nanoGpusFromGpus),
    vcpus: fc.integer({ min: 1, max: 64 }).map(milliVcpusFromVcpus),
    memory: fc.integer({ min: 1, max: 512 }).map(bytesFromGibibytes),
    from: fc.option(instant, { nil: null, freq: 2 }),
    to: fc.option(instant, { nil: null, freq: 2 }),
  })
  .map((facts) => ({
    name: 'h',
    pool: null,
    provider: null,
    region: null,
    instanceType: null,
    capacityType: null,
    gpuModel: null,
    billingResourceId: null,
    ...facts,
  }));

/** Prices that follow each other, with holes. */
const prices: fc.Arbitrary<PriceSpan[]> = fc
  .record({
    borders: fc.uniqueArray(instant, { maxLength: 3 }),
    steps: fc.array(fc.option(perHour, { nil: null, freq: 6 }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ borders, steps }) => {
    const edges = [null, ...borders.sort((a, b) => a - b), null];
    return edges.slice(1).flatMap((end, place) => priceSpan(edges[place] ?? null, end, steps[place] ?? null));
  });

function priceSpan(start: number | null, end: number | null, price: bigint | null): PriceSpan[] {
  if (price === null) return [];
  return [{ host: 'h', start, end, perHour: price, rung: 'override', rateCard: null, explanation: 'A random price.' }];
}

const activity = fc
  .record({
    borders: fc.uniqueArray(instant, { maxLength: 6 }),
    seen: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }), { minLength: 6, maxLength: 6 }),
  })
  .map(({ borders, seen }) => {
    const edges = borders.sort((a, b) => a - b);
    return edges.slice(1).map((end, place) => ({
      during: { start: edges[place]!, end },
      activeGpus: seen[place]!.length,
      devices: seen[place]!,
    }));
  });

const isReal = ({ isClone, held: holds, start, end }: Attempt): boolean =>
  !isClone && holds !== null && (end === null || end > start);

/** First and last holding of a host that was never held but by these. */
export function heldSpan(holdings: readonly Attempt[]): { firstHeld: number | null; lastHeld: number | null } {
  const real = holdings.filter(isReal);
  const ends = real.map(({ end }) => end);
  return {
    firstHeld: real.length === 0 ? null : Math.min(...real.map(({ start }) => start)),
    lastHeld: real.length === 0 || ends.includes(null) ? null : Math.max(...ends.map((end) => end!)),
  };
}

/** One host's hour, whole or open, with anything in it. Devices are known of none, of all or of some holdings. */
export const randomHostHour: fc.Arbitrary<HostHourInput> = fc
  .record({
    host,
    attempts,
    prices,
    activity,
    openUntil: fc.option(fc.integer({ min: 1, max: HOUR_MS - 1 }), { nil: HOUR_MS, freq: 3 }),
    evidence: fc.constantFrom('none', 'all', 'some'),
    firstDevice: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ attempts: all, openUntil, evidence, firstDevice, activity: seen, ...rest }) => ({
    ...rest,
    span: { start: HOUR_START, end: HOUR_START + openUntil },
    holdings: all.map((one, place) => ({
      attempt: one,
      devices: isNamed(evidence, place) ? devicesOf(one, firstDevice + place) : null,
    })),
    activity: evidence !== 'none' ? seen : seen.map((span) => ({ ...span, devices: null })),
    ...heldSpan(all),
    splitPolicy: 'gpu-first',
  }));

const isNamed = (evidence: string, place: number): boolean =>
  evidence === 'all' || (evidence === 'some' && place % 2 === 0);

function devicesOf({ held: holds }: Attempt, first: number): number[] {
  const count = Math.ceil(Number(holds?.gpus ?? 0n) / 1e9);
  return Array.from({ length: count }, (_, place) => (first + place) % 5);
}
