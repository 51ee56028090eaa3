import type { CardTerms, RateCard } from '../../../exporter/src/facts/rate-card';
import { addCalendarMonths, cardPrice, cardPriceSpans } from '../../../exporter/src/ledger/rate-card';
import { type Decimal, parseDecimal } from '../../../exporter/src/units/decimal';
import { printAmount } from '../../../exporter/src/units/money-text';
import { nanoGpus } from '../../../exporter/src/units/quantity';

const decimal = (text: string): Decimal => parseDecimal(text) as Decimal;
const at = (iso: string): number => Date.parse(`${iso}T00:00:00Z`);
const isoOf = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString().slice(0, 10);
const host = (gpus: bigint, isAmortized = false) => ({ gpus: nanoGpus(gpus * 1_000_000_000n), isAmortized });

type Parts = {
  capex?: string;
  residual?: string;
  months?: number;
  lease?: string;
  power?: [kw: string, pue: string, pricePerKwh: string];
  facility?: string;
  support?: string;
  after?: 'zero' | 'keep';
};

/** A fully loaded card from its parts as text. */
function loaded({
  capex,
  residual = '0',
  months = 1,
  lease,
  power,
  facility,
  support,
  after = 'keep',
}: Parts): CardTerms {
  const bought = capex === undefined ? null : { capex: decimal(capex), residual: decimal(residual) };
  return {
    kind: 'fully_loaded',
    capital: lease
      ? { kind: 'lease', perMonth: decimal(lease) }
      : bought && { kind: 'capex', ...bought, months, afterAmortization: after },
    power: power ? { kw: decimal(power[0]), pue: decimal(power[1]), pricePerKwh: decimal(power[2]) } : null,
    facilityPerMonth: facility ? decimal(facility) : null,
    supportPerMonth: support ? decimal(support) : null,
  };
}

const perHour = (price: string): CardTerms => ({ kind: 'per_hour', perHour: decimal(price) });

describe('the price of a rate card', () => {
  /*
   * 120000 ÷ (36 × 730) = 120000 ÷ 26280 = 4.566 210 045 662 1…                        → …662
   * 6.5 × 1.4 × 0.08 = 9.1 × 0.08                                                      = 0.728
   * (320000 − 20000) ÷ (48 × 730) = 300000 ÷ 35040 = 8.561 643 835 616 4…
   * 10.2 × 1.3 × 0.10 = 1.326;  1500 ÷ 730 = 2.054 794 520 547 9…;  2500 ÷ 730 = 3.424 657 534 246 5…
   *   together 8.561643835616 4 + 1.326 + 2.054794520547 9 + 3.424657534246 5 = 15.367095890410 9 → …411
   *   (the terms rounded one by one would give …412: 616 + 548 + 247 = 1411, one more than 1410.9 → 411)
   * 2 ÷ (1 × 730) = 0.002 739 726 027 3…
   */
  // prettier-ignore
  test.each([
    // what                          per hour           terms
    ['capex over its months',        '4.566210045662',  loaded({ capex: '120000', months: 36 })],
    ['power',                        '0.728',           loaded({ power: ['6.5', '1.4', '0.08'] })],
    ['both',                         '5.294210045662',  loaded({ capex: '120000', months: 36,
                                                                power: ['6.5', '1.4', '0.08'] })],
    ['everything, rounded once',     '15.367095890411', loaded({ capex: '320000', residual: '20000', months: 48,
                                                                power: ['10.2', '1.3', '0.10'],
                                                                facility: '1500', support: '2500' })],
    ['a residual that is all of it', '0',               loaded({ capex: '500', residual: '500', months: 3 })],
    ['lease by the month',           '10',              loaded({ lease: '7300' })],
    ['lease, power and facility',    '10.6',            loaded({ lease: '7300', facility: '73',
                                                                power: ['1', '1', '0.5'] })],
    ['cents over a month',           '0.002739726027',  loaded({ capex: '2', months: 1 })],
    ['a price for the host',         '32',              perHour('32.00')],
    ['a price in E-notation',        '0.0000001',       perHour('1e-7')],
    ['half a unit goes to even',     '0',               perHour('0.0000000000005')],
    ['… and up from odd',            '0.000000000002',  perHour('0.0000000000015')],
  ] as [string, string, CardTerms][])('%s', (_about, expected, terms) => {
    expect(printAmount(cardPrice(terms, host(8n)).perHour)).toBe(expected);
  });

  test('per GPU is multiplied by the GPUs of the host, exactly', () => {
    const terms: CardTerms = { kind: 'per_gpu_hour', perGpuHour: decimal('0.1') };
    expect(printAmount(cardPrice(terms, host(3n)).perHour)).toBe('0.3');
    const fraction = { gpus: nanoGpus(125_000_000n), isAmortized: false };
    expect(printAmount(cardPrice(terms, fraction).perHour)).toBe('0.0125');
  });

  test('shows each term rounded by itself beside the exact total', () => {
    const terms = loaded({ capex: '100', months: 3, facility: '100', support: '100' });
    const price = cardPrice(terms, host(1n));
    expect(price.terms.map(({ name, arithmetic, perHour }) => [name, arithmetic, printAmount(perHour)])).toEqual([
      ['capex', '100 ÷ (3 months × 730 h)', '0.045662100457'],
      ['facility', '100 ÷ 730 h', '0.13698630137'],
      ['support', '100 ÷ 730 h', '0.13698630137'],
    ]);
    // 100 ÷ 2190 + 200 ÷ 730 = 700 ÷ 2190 = 0.319 634 703 196 3…, while the rounded terms add up to …197.
    expect(printAmount(price.perHour)).toBe('0.319634703196');
    expect(price.arithmetic).toBe(
      'capex 100 ÷ (3 months × 730 h) + facility 100 ÷ 730 h + support 100 ÷ 730 h = 0.319634703196',
    );
  });
});

describe('the dates of a rate card', () => {
  const card = (parts: Parts, dates: [string | null, string | null]): RateCard => ({
    name: 'h100',
    level: 'host',
    value: 'gpu-01',
    from: dates[0] === null ? null : at(dates[0]),
    to: dates[1] === null ? null : at(dates[1]),
    terms: loaded({ capex: '730', months: 10, facility: '730', ...parts }),
  });
  const spansOf = (of: RateCard): unknown[] =>
    cardPriceSpans(of, nanoGpus(8_000_000_000n)).map(({ start, end, perHour }) => [
      isoOf(start),
      isoOf(end),
      printAmount(perHour),
    ]);

  // prettier-ignore
  test.each([
    // after    from          to             spans
    ['keep',    '2026-01-15', null,          [['2026-01-15', null, '1.1']]],
    ['zero',    '2026-01-15', null,          [['2026-01-15', '2026-11-15', '1.1'], ['2026-11-15', null, '1']]],
    ['zero',    '2026-01-15', '2027-01-01',  [['2026-01-15', '2026-11-15', '1.1'], ['2026-11-15', '2027-01-01', '1']]],
    ['zero',    '2026-01-15', '2026-11-15',  [['2026-01-15', '2026-11-15', '1.1']]],
    ['zero',    '2026-01-15', '2026-03-01',  [['2026-01-15', '2026-03-01', '1.1']]],
    ['zero',    null,         null,          [[null, null, '1.1']]],
  ] as ['zero' | 'keep', string | null, string | null, unknown[]][])('%s from %s to %s', (after, from, to, spans) => {
    expect(spansOf(card({ after }, [from, to]))).toEqual(spans);
  });

  test('what remains after amortization says why', () => {
    const [, amortized] = cardPriceSpans(card({ after: 'zero' }, ['2026-01-15', null]), nanoGpus(1n));
    expect(amortized?.arithmetic).toBe('capex 0, amortized after 10 months + facility 730 ÷ 730 h = 1');
  });

  // prettier-ignore
  test.each([
    ['2026-01-15T06:30:00Z', 1,  '2026-02-15T06:30:00.000Z'],
    ['2026-01-31T00:00:00Z', 1,  '2026-02-28T00:00:00.000Z'],
    ['2028-01-31T00:00:00Z', 1,  '2028-02-29T00:00:00.000Z'],
    ['2026-11-30T23:59:59Z', 3,  '2027-02-28T23:59:59.000Z'],
    ['2026-01-01T00:00:00Z', 36, '2029-01-01T00:00:00.000Z'],
  ])('%s and %i calendar months is %s', (from, months, expected) => {
    expect(new Date(addCalendarMonths(Date.parse(from), months)).toISOString()).toBe(expected);
  });
});
