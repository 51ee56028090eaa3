import type { Host } from '../../../exporter/src/facts/host';
import type { CardLevel, CardTerms, Discount, RateCard } from '../../../exporter/src/facts/rate-card';
import { readBuiltInPrices } from '../../../exporter/src/feeds/prices/read';
import { listPricesByType } from '../../../exporter/src/ledger/list-price';
import { priceAt } from '../../../exporter/src/ledger/charge-periods';
import { pricesOf, type PriceSources } from '../../../exporter/src/ledger/price-ladder';
import { type Decimal, parseDecimal } from '../../../exporter/src/units/decimal';
import { printAmount } from '../../../exporter/src/units/money-text';
import { nanoGpus } from '../../../exporter/src/units/quantity';

const decimal = (text: string): Decimal => parseDecimal(text) as Decimal;
const at = (iso: string | null): number | null => (iso === null ? null : Date.parse(iso));
const dayOf = (instant: number | null): string =>
  instant === null ? '-' : new Date(instant).toISOString().slice(0, 10);

const BURST: Host = {
  name: 'burst-01',
  pool: 'burst',
  provider: 'aws',
  region: 'us-east-1',
  instanceType: 'p3.8xlarge',
  capacityType: null,
  gpus: nanoGpus(4_000_000_000n),
  gpuModel: 'NVIDIA V100',
  vcpus: null,
  memory: null,
  billingResourceId: null,
  from: null,
  to: null,
};
const OWN: Host = { ...BURST, name: 'gpu-01', pool: 'research', provider: 'on-prem', region: null, instanceType: null };

const SOURCES: PriceSources = {
  cards: [],
  discounts: [],
  listPrices: listPricesByType(readBuiltInPrices().listPrices),
  currency: 'USD',
};

type Dates = { from?: string; to?: string };
const perHour = (text: string): CardTerms => ({ kind: 'per_hour', perHour: decimal(text) });

function card(name: string, appliesTo: { [level in CardLevel]?: string }, of: Dates & { terms: CardTerms }): RateCard {
  const [[level, value]] = Object.entries(appliesTo) as [[CardLevel, string]];
  return { name, level, value, from: at(of.from ?? null), to: at(of.to ?? null), terms: of.terms };
}

function discount(factor: string, about: Partial<Discount> & { dates?: Dates } = {}): Discount {
  const { dates, ...rest } = about;
  const period = { from: at(dates?.from ?? null), to: at(dates?.to ?? null) };
  return { provider: 'aws', instanceType: null, region: null, factor: decimal(factor), ...period, ...rest };
}

/** The spans as rows: start, end, price, rung, card. */
function rowsOf(host: Host, sources: Partial<PriceSources>): string[][] {
  return pricesOf(host, { ...SOURCES, ...sources }).map((span) => [
    dayOf(span.start),
    dayOf(span.end),
    span.perHour === null ? '-' : printAmount(span.perHour),
    span.rung,
    span.rateCard ?? '-',
  ]);
}

const explanationsOf = (host: Host, sources: Partial<PriceSources> = {}): string[] =>
  pricesOf(host, { ...SOURCES, ...sources }).map(({ explanation }) => explanation);

describe('the price ladder', () => {
  const everyLevel = [
    card('by-provider', { provider: 'aws' }, { terms: perHour('1') }),
    card('by-model', { gpu_model: 'NVIDIA V100' }, { terms: perHour('2') }),
    card('by-type', { instance_type: 'p3.8xlarge' }, { terms: perHour('3') }),
    card('by-pool', { pool: 'burst' }, { terms: perHour('4') }),
    card('by-host', { host: 'burst-01' }, { terms: perHour('5') }),
  ];

  // prettier-ignore
  test.each([
    // cards present                                                          winner
    [['by-provider'],                                                         'by-provider', '1'],
    [['by-provider', 'by-model'],                                             'by-model',    '2'],
    [['by-provider', 'by-model', 'by-type'],                                  'by-type',     '3'],
    [['by-type', 'by-pool', 'by-provider'],                                   'by-pool',     '4'],
    [['by-host', 'by-pool', 'by-type', 'by-model', 'by-provider'],            'by-host',     '5'],
    [['by-provider', 'by-model', 'by-type', 'by-pool', 'by-host'],            'by-host',     '5'],
  ])('of the cards %j it takes %s', (names, winner, price) => {
    const cards = everyLevel.filter(({ name }) => names.includes(name));
    expect(rowsOf(BURST, { cards })).toEqual([['-', '-', price, 'override', winner]]);
    expect(rowsOf(BURST, { cards: [...cards].reverse() })).toEqual([['-', '-', price, 'override', winner]]);
  });

  // prettier-ignore
  test.each([
    // host                                          what                            price              rung
    [BURST,                                          'an on-demand list price',      '12.24',           'list'],
    [{ ...BURST, capacityType: 'committed' },        'on demand until it is billed', '12.24',           'list'],
    [{ ...BURST, instanceType: 'p5e.48xlarge' },     'a type without a price',       '-',               'unpriced'],
    [{ ...BURST, instanceType: 'p9.large' },         'a type nobody knows',          '-',               'unpriced'],
    [{ ...BURST, region: 'eu-west-1' },              'another region',               '-',               'unpriced'],
    [{ ...BURST, region: null },                     'no region',                    '-',               'unpriced'],
    [{ ...BURST, capacityType: 'spot' },             'spot without a spot price',    '-',               'unpriced'],
    [{ ...BURST, capacityType: 'leased' },           'a leased machine',             '-',               'unpriced'],
    [OWN,                                            'a machine of one\'s own',      '-',               'unpriced'],
    [gcp(null),                                      'on demand at GCP',             '88.489999902575', 'list'],
    [gcp('spot'),                                    'spot at GCP',                  '50.609540821918', 'list'],
  ])('without cards: %#. %s', (host, _what, price, rung) => {
    expect(rowsOf(host, {})).toEqual([['-', '-', price, rung, '-']]);
  });

  test('a card on a host without a list price is a rate card, one beside a list price an override', () => {
    const cards = [
      card('v100', { gpu_model: 'NVIDIA V100' }, { terms: { kind: 'per_gpu_hour', perGpuHour: decimal('2.5') } }),
    ];
    expect(rowsOf(OWN, { cards })).toEqual([['-', '-', '10', 'rate_card', 'v100']]);
    expect(rowsOf(BURST, { cards })).toEqual([['-', '-', '10', 'override', 'v100']]);
    expect(explanationsOf(OWN, { cards })).toEqual(['Rate card v100: 2.5 per GPU × 4 GPUs = 10 USD an hour.']);
    expect(explanationsOf(BURST, { cards })).toEqual([
      'Rate card v100: 2.5 per GPU × 4 GPUs = 10 USD an hour, instead of the list price 12.24.',
    ]);
  });

  test('a card per GPU says nothing about a host without GPUs', () => {
    const cards = [
      card('onprem', { provider: 'on-prem' }, { terms: { kind: 'per_gpu_hour', perGpuHour: decimal('2.5') } }),
    ];
    expect(rowsOf({ ...OWN, gpus: nanoGpus(0n) }, { cards })).toEqual([['-', '-', '-', 'unpriced', '-']]);
  });

  test('covers all time: dated cards, the less specific one between them, the list before and after', () => {
    const cards = [
      card('march', { host: 'burst-01' }, { from: '2026-03-01', to: '2026-04-01', terms: perHour('7') }),
      card('may', { host: 'burst-01' }, { from: '2026-05-01', to: '2026-06-01', terms: perHour('8') }),
      card('spring', { pool: 'burst' }, { from: '2026-02-01', to: '2026-05-15', terms: perHour('9') }),
    ];
    // prettier-ignore
    expect(rowsOf(BURST, { cards })).toEqual([
      ['-',          '2026-02-01', '12.24', 'list',     '-'],
      ['2026-02-01', '2026-03-01', '9',     'override', 'spring'],
      ['2026-03-01', '2026-04-01', '7',     'override', 'march'],
      ['2026-04-01', '2026-05-01', '9',     'override', 'spring'],
      ['2026-05-01', '2026-06-01', '8',     'override', 'may'],
      ['2026-06-01', '-',          '12.24', 'list',     '-'],
    ]);
  });

  test('a host with a card for some time is unpriced outside of it, and says so', () => {
    const cards = [card('h1', { host: 'gpu-01' }, { from: '2026-01-01', to: '2026-07-01', terms: perHour('32') })];
    // prettier-ignore
    expect(rowsOf(OWN, { cards })).toEqual([
      ['-',          '2026-01-01', '-',  'unpriced',  '-'],
      ['2026-01-01', '2026-07-01', '32', 'rate_card', 'h1'],
      ['2026-07-01', '-',          '-',  'unpriced',  '-'],
    ]);
    expect(explanationsOf(OWN, { cards })[2]).toBe(
      'Unpriced: no rate card applies to host gpu-01, and it names no provider and instance_type whose list price is ' +
        'known. Add a rate card for it, or its provider, region and instance_type.',
    );
  });

  test('amortized capex makes two prices of one card', () => {
    const capital = {
      kind: 'capex',
      capex: decimal('120000'),
      residual: decimal('0'),
      months: 36,
      afterAmortization: 'zero',
    } as const;
    const power = { kw: decimal('6.5'), pue: decimal('1.4'), pricePerKwh: decimal('0.08') };
    const terms: CardTerms = { kind: 'fully_loaded', capital, power, facilityPerMonth: null, supportPerMonth: null };
    const cards = [card('dgx', { host: 'gpu-01' }, { from: '2024-01-01', terms })];
    // prettier-ignore
    expect(rowsOf(OWN, { cards }).slice(1)).toEqual([
      ['2024-01-01', '2027-01-01', '5.294210045662', 'rate_card', 'dgx'],
      ['2027-01-01', '-',          '0.728',          'rate_card', 'dgx'],
    ]);
  });
});

describe('discounts', () => {
  const eu: Host = { ...BURST, region: 'eu-west-1' };
  const half = discount('0.5');
  const type = discount('0.7', { instanceType: 'p3.8xlarge' });

  // prettier-ignore
  test.each([
    // host        price              discounts
    [BURST,        '6.12',            [half]],
    [BURST,        '8.568',           [half, type]], // the type's own before the provider's
    [BURST,        '13.464',          [discount('1.1', { region: 'us-east-1' }), type]], // the region's own before both
    [BURST,        '12.24',           [discount('0.5', { provider: 'gcp' })]],
    [BURST,        '4.079999999996',  [discount('0.333333333333')]], // 4.07999999999592
    [eu,           '-',               [half]], // no guess across regions
    [eu,           '13.464',          [discount('1.1', { region: 'eu-west-1' })]],
    [eu,           '-',               [discount('1.1', { region: 'eu-west-2' })]],
    [gcp('spot'),  '50.609540821918', [discount('0.5', { provider: 'gcp' })]], // not on spot
    [gcp(null),    '44.244999951288', [discount('0.5', { provider: 'gcp' })]], // 44.24499995128765
  ])('%#.', (host, price, discounts) => {
    expect(rowsOf(host, { discounts }).map(([, , amount]) => amount)).toEqual([price]);
  });

  test('are dated, and the card of the user goes before them', () => {
    const discounts = [discount('0.5', { dates: { from: '2026-01-01', to: '2026-12-01' } })];
    const cards = [card('deal', { host: 'burst-01' }, { from: '2026-06-01', to: '2026-07-01', terms: perHour('6') })];
    // prettier-ignore
    expect(rowsOf(BURST, { discounts, cards })).toEqual([
      ['-',          '2026-01-01', '12.24', 'list',     '-'],
      ['2026-01-01', '2026-06-01', '6.12',  'list',     '-'],
      ['2026-06-01', '2026-07-01', '6',     'override', 'deal'],
      ['2026-07-01', '2026-12-01', '6.12',  'list',     '-'],
      ['2026-12-01', '-',          '12.24', 'list',     '-'],
    ]);
  });

  test('say their arithmetic', () => {
    expect(explanationsOf(BURST)).toEqual([
      'The aws on-demand list price of p3.8xlarge in us-east-1 as of 2026-07-20: 12.24 USD an hour.',
    ]);
    expect(explanationsOf(BURST, { discounts: [type] })).toEqual([
      'The aws on-demand list price of p3.8xlarge in us-east-1 as of 2026-07-20: ' +
        '12.24 × 0.7 (discount for p3.8xlarge) = 8.568 USD an hour.',
    ]);
    expect(explanationsOf(eu, { discounts: [discount('1.1', { region: 'eu-west-1' })] })).toEqual([
      'The aws on-demand list price of p3.8xlarge in us-east-1 as of 2026-07-20: ' +
        '12.24 × 1.1 (discount for eu-west-1) = 13.464 USD an hour.',
    ]);
  });
});

describe('unpriced', () => {
  // prettier-ignore
  test.each([
    [{ ...BURST, region: 'eu-west-1' }, 'USD',
      'p3.8xlarge is listed for us-east-1 and not for eu-west-1; prices differ between regions. ' +
      'Add a rate card, or a discount with region: eu-west-1 that states a factor on us-east-1.'],
    [{ ...BURST, region: null }, 'USD',
      'its region is not set and p3.8xlarge is listed for us-east-1 alone. Set its region, or add a rate card.'],
    [{ ...BURST, instanceType: 'p9.large' }, 'USD',
      'no list price of aws\'s p9.large is known. Check provider and instance_type, or add a rate card.'],
    [{ ...BURST, capacityType: 'spot' }, 'USD',
      'no list price of spot p3.8xlarge in us-east-1 is known. Add a rate card for it.'],
    [{ ...BURST, capacityType: 'owned' }, 'USD',
      'its capacity is owned, which no provider\'s list prices. Add a rate card for it.'],
    [BURST, 'EUR',
      'list prices are in USD and this ledger is in EUR. Add a rate card in EUR.'],
  ])('says why and what to do: %#', (host, currency, why) => {
    expect(explanationsOf(host, { currency })).toEqual([`Unpriced: no rate card applies to host burst-01, and ${why}`]);
  });

  test('in a ledger of another currency a card is a rate card, for no list price stands beside it', () => {
    const cards = [card('eur', { host: 'burst-01' }, { terms: perHour('11') })];
    expect(rowsOf(BURST, { cards, currency: 'EUR' })).toEqual([['-', '-', '11', 'rate_card', 'eur']]);
    const discounts = [discount('1.1', { region: 'eu-west-1' })];
    expect(rowsOf({ ...BURST, region: 'eu-west-1' }, { discounts, currency: 'EUR' })[0]?.[3]).toBe('unpriced');
  });
});

describe('the price at an instant', () => {
  const cards = [card('h1', { host: 'gpu-01' }, { from: '2026-01-01', to: '2026-07-01', terms: perHour('32') })];
  const spans = pricesOf(OWN, { ...SOURCES, cards });

  // prettier-ignore
  test.each([
    ['2025-12-31T23:59:59.999Z', 'unpriced'],
    ['2026-01-01T00:00:00.000Z', 'rate_card'],
    ['2026-06-30T23:59:59.999Z', 'rate_card'],
    ['2026-07-01T00:00:00.000Z', 'unpriced'],
  ])('%s is %s', (instant, rung) => {
    expect(priceAt(spans, Date.parse(instant)).rung).toBe(rung);
  });
});

function gcp(capacityType: string | null): Host {
  return { ...BURST, provider: 'gcp', region: 'us-central1', instanceType: 'a3-highgpu-8g', capacityType };
}
