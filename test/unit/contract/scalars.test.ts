import fc from 'fast-check';
import { instantParameter, instantText, moneyText, routes, stepParameter } from '../../../exporter/src/contract';
import { printAmount } from '../../../exporter/src/units/money-text';

test('law: every amount is sent as money text', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 38n), 10n ** 38n), (amount) => moneyText.safeParse(printAmount(amount)).success),
  );
});

test.each(['1e3', '1.0', '01', '.5', '-0', '+1', '1,000', '', ' 1', '0.0000000000001', 'NaN'])(
  '%j is not money text',
  (text) => {
    expect(moneyText.safeParse(text).success).toBe(false);
  },
);

test('an instant is UTC with milliseconds', () => {
  expect(instantText.safeParse('2026-11-21T05:00:00.000Z').success).toBe(true);
  for (const text of ['2026-11-21T05:00:00Z', '2026-11-21', '2026-11-21T05:00:00.000+01:00']) {
    expect(instantText.safeParse(text).success).toBe(false);
  }
});

test.each([
  ['2026-11-21', '2026-11-21T00:00:00.000Z'],
  ['2026-11-21T05:00Z', '2026-11-21T05:00:00.000Z'],
  ['2026-11-21T05:00:00.5+01:00', '2026-11-21T04:00:00.500Z'],
])('the instant %s is read as %s', (given, instant) => {
  expect(instantParameter('x').parse(given)).toBe(Date.parse(instant));
});

test.each([
  ['10s', 10_000],
  ['60s', 60_000],
  ['5m', 300_000],
  ['1d', 86_400_000],
])('the step %s is %s ms', (text, milliseconds) => {
  expect(stepParameter.parse(text)).toBe(milliseconds);
});

test.each(['9s', '86401s', '2d', '1w', '60', 's', '-60s', '1.5h', '00060s'])('%s is not a step', (text) => {
  expect(stepParameter.safeParse(text).success).toBe(false);
});

test('every parameter says what it wants, for problems and for OpenAPI', () => {
  const silent = Object.values(routes).flatMap(({ params, query }) =>
    Object.entries({ ...params.shape, ...query.shape })
      .filter(([, schema]) => !schema.description)
      .map(([name]) => name),
  );
  expect(silent).toEqual([]);
});
