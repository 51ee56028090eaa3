import type { Host } from '../../../exporter/src/facts/host';
import type { PriceSpan } from '../../../exporter/src/facts/price';
import { pricingHash } from '../../../exporter/src/ledger/price-ladder-hash';
import { bytes, milliVcpus, nanoGpus } from '../../../exporter/src/units/quantity';

const HOUR = { start: Date.UTC(2026, 10, 21, 5), end: Date.UTC(2026, 10, 21, 6) };
const HOST: Host = {
  name: 'gpu-01',
  pool: 'research',
  provider: 'on-prem',
  region: null,
  instanceType: null,
  capacityType: null,
  gpus: nanoGpus(8_000_000_000n),
  gpuModel: 'NVIDIA H100',
  vcpus: milliVcpus(96_000n),
  memory: bytes(1n),
  billingResourceId: null,
  from: null,
  to: null,
};
const PRICE: PriceSpan = {
  host: 'gpu-01',
  start: null,
  end: null,
  perHour: 32_000_000_000_000n,
  rung: 'rate_card',
  rateCard: 'h100',
  explanation: 'Rate card h100: 32 USD an hour.',
};
const DEARER: PriceSpan = { ...PRICE, perHour: PRICE.perHour! + 1n };
const UNPRICED: PriceSpan = { ...PRICE, perHour: null, rung: 'unpriced', rateCard: null };
const before = pricingHash(HOST, [PRICE], HOUR);
const later = HOUR.end + 1;

/** The price of every day with another one before or after an instant. */
function changedAt(instant: number, other: { before?: bigint; after?: bigint }): PriceSpan[] {
  return [
    { ...PRICE, end: instant, perHour: other.before ?? PRICE.perHour },
    { ...PRICE, start: instant, perHour: other.after ?? PRICE.perHour },
  ];
}

describe('the pricing hash of an hour', () => {
  // prettier-ignore
  test.each([
    // what changed                     host                                prices
    ['another price',                   HOST,                               [DEARER]],
    ['no price',                        HOST,                               [UNPRICED]],
    ['another rung',                    HOST,                               [{ ...PRICE, rung: 'override' as const }]],
    ['another card of the same price',  HOST,                               [{ ...PRICE, rateCard: 'h200' }]],
    ['a price change within the hour',  HOST,                               changedAt(HOUR.start + 1, { after: 1n })],
    ['fewer GPUs',                      { ...HOST, gpus: nanoGpus(4n) },    [PRICE]],
    ['fewer vCPUs',                     { ...HOST, vcpus: milliVcpus(1n) }, [PRICE]],
    ['unknown memory',                  { ...HOST, memory: null },          [PRICE]],
    ['a beginning within the hour',     { ...HOST, from: HOUR.start + 1 },  [PRICE]],
    ['an end within the hour',          { ...HOST, to: HOUR.end - 1 },      [PRICE]],
  ])('changes with %s', (_what, host, prices) => {
    expect(pricingHash(host, prices, HOUR)).not.toBe(before);
  });

  // prettier-ignore
  test.each([
    ['another pool',                    { ...HOST, pool: 'burst' },         [PRICE]],
    ['an end that is later',            { ...HOST, to: later },             [PRICE]],
    ['other words of explanation',      HOST,                               [{ ...PRICE, explanation: 'x' }]],
    ['a price change as it ends',       HOST,                               changedAt(HOUR.end, { after: 1n })],
    ['a price change as it starts',     HOST,                               changedAt(HOUR.start, { before: 1n })],
  ])('does not change with %s', (_what, host, prices) => {
    expect(pricingHash(host, prices, HOUR)).toBe(before);
  });

  test('is a SHA-256 in hexadecimal', () => {
    expect(before).toMatch(/^[0-9a-f]{64}$/);
  });
});
