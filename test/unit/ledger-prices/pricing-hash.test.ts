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
const before = pricingHash(HOST, [PRICE], HOUR);
const later = HOUR.end + 1;

describe('the pricing hash of an hour', () => {
  // prettier-ignore
  test.each([
    // what changed                            host                                              prices
    ['another price',                          HOST,                                             [{ ...PRICE, perHour: 32_000_000_000_001n }]],
    ['no price',                               HOST,                                             [{ ...PRICE, perHour: null, rung: 'unpriced' as const }]],
    ['another rung',                           HOST,                                             [{ ...PRICE, rung: 'override' as const }]],
    ['another card of the same price',         HOST,                                             [{ ...PRICE, rateCard: 'h200' }]],
    ['a price change within the hour',         HOST,                                             [{ ...PRICE, end: HOUR.start + 1 }, { ...PRICE, start: HOUR.start + 1, perHour: 1n }]],
    ['fewer GPUs',                             { ...HOST, gpus: nanoGpus(4_000_000_000n) },      [PRICE]],
    ['fewer vCPUs',                            { ...HOST, vcpus: milliVcpus(1n) },               [PRICE]],
    ['unknown memory',                         { ...HOST, memory: null },                        [PRICE]],
    ['a beginning within the hour',            { ...HOST, from: HOUR.start + 1 },                [PRICE]],
    ['an end within the hour',                 { ...HOST, to: HOUR.end - 1 },                    [PRICE]],
  ])('changes with %s', (_what, host, prices) => {
    expect(pricingHash(host, prices, HOUR)).not.toBe(before);
  });

  // prettier-ignore
  test.each([
    ['another pool',                           { ...HOST, pool: 'burst' },                       [PRICE]],
    ['an end that is known and later',         { ...HOST, to: later },                           [PRICE]],
    ['other words of explanation',             HOST,                                             [{ ...PRICE, explanation: 'x' }]],
    ['a price change at the end of the hour',  HOST,                                             [{ ...PRICE, end: HOUR.end }, { ...PRICE, start: HOUR.end, perHour: 1n }]],
    ['a price change at its start',            HOST,                                             [{ ...PRICE, end: HOUR.start, perHour: 1n }, { ...PRICE, start: HOUR.start }]],
  ])('does not change with %s', (_what, host, prices) => {
    expect(pricingHash(host, prices, HOUR)).toBe(before);
  });

  test('is a SHA-256 in hexadecimal', () => {
    expect(before).toMatch(/^[0-9a-f]{64}$/);
  });
});
