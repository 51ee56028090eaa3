import * as fc from 'fast-check';
import type { HourClosing } from '../../exporter/src/facts/charge';
import { openStore } from '../../exporter/src/store/open-store';
import type { LoadId, Store } from '../../exporter/src/store/store';
import { type Backend, withPlace } from '../support/store-backends';
import { aClosing, aLoad, attemptKey, aUsage, hourAt } from '../support/store-facts';

const amount = fc.option(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), { freq: 6 });

const usage = fc
  .record({ used: fc.nat(500), idle: fc.nat(500), mj: fc.option(fc.nat(10 ** 9)) })
  .map(({ used, idle, mj }) => aUsage(used, idle, mj));

/** A closing of one of six host-hours by one to three pieces, all priced or none, some of them observed. */
const closing: fc.Arbitrary<HourClosing> = fc
  .record({
    host: fc.constantFrom('host-a', 'host-b'),
    hour: fc.integer({ min: 0, max: 2 }),
    amounts: fc.array(amount, { minLength: 0, maxLength: 3 }),
    usages: fc.array(fc.option(usage), { minLength: 3, maxLength: 3 }),
    pricingHash: fc.constantFrom('p-1', 'p-2'),
  })
  .map(({ host, hour, amounts, usages, pricingHash }) => {
    const priced = amounts.every((one) => one !== null);
    const pieces = amounts.map((one, index) => {
      const seen = usages[index] ?? null;
      return { holder: attemptKey(`${index}`), amount: priced ? one : null, ...(seen && { usage: seen }) };
    });
    return aClosing(host, hour, pieces, pricingHash);
  });

const placeOf = ({ host, hour }: HourClosing): string => `${host} ${hour.start}`;

async function expectStanding(store: Store, { host, hour, periods }: HourClosing, asOf: LoadId): Promise<void> {
  const [period] = await store.hostPeriods({ hosts: [host], from: hour.start, to: hour.end, limit: 9 }, asOf);
  expect(period?.origin).toEqual(periods[0]!.origin);
  expect(await store.piecesOfPeriod(host, hour, asOf)).toEqual(periods[0]!.pieces);
}

/** Laws over random histories of closings. */
export function lawsContract(backend: Backend): void {
  describe('laws', () => {
    it('at every load the last closing of each host-hour stands, after any sequence of them', async () => {
      const loads = fc.array(fc.uniqueArray(closing, { selector: placeOf, maxLength: 4 }), {
        minLength: 1,
        maxLength: 6,
      });
      await fc.assert(
        fc.asyncProperty(loads, async (history) => {
          await withPlace(backend, async ({ url }) => {
            const store = await openStore({ url });
            const standing = new Map<string, HourClosing>();
            const stoodAt = new Map<LoadId, HourClosing[]>();
            for (const [index, closings] of history.entries()) {
              await store.publish(aLoad(`${index}`, { closings }));
              for (const one of closings) standing.set(placeOf(one), one);
              stoodAt.set(await store.lastLoad(), [...standing.values()]);
            }
            for (const [asOf, stood] of stoodAt) for (const one of stood) await expectStanding(store, one, asOf);
            await store.verify();
            await store.close();
          });
        }),
        { numRuns: 15 },
      );
    }, 600_000);

    it('loads that touch different host-hours may come in any order', async () => {
      const parts = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(
          parts,
          fc.array(fc.bigInt({ min: 0n, max: 10n ** 20n }), { minLength: 4, maxLength: 4 }),
          async (order, amounts) => {
            await withPlace(backend, async ({ url }) => {
              const store = await openStore({ url });
              for (const part of order) {
                const closings = [aClosing('host-a', part, [{ holder: attemptKey('1'), amount: amounts[part]! }])];
                await store.publish(aLoad(`${part}`, { closings }));
              }
              const [cost] = await store.closedCosts([attemptKey('1')], 4);
              expect(cost!.estimated).toBe(amounts.reduce((sum, one) => sum + one, 0n));
              const periods = await store.hostPeriods({ from: 0, to: hourAt(9).end, limit: 9 }, 4);
              expect(periods.map(({ origin }) => origin.amount)).toEqual(amounts);
              await store.close();
            });
          },
        ),
        { numRuns: 8 },
      );
    }, 600_000);
  });
}
