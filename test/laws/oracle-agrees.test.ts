import fc from 'fast-check';
import { allocateHour } from '../../exporter/src/ledger/allocate';
import { oracleHour } from '../oracle/allocate-oracle';
import { comparedCharge, comparedOracle } from '../oracle/parties';
import { randomHostHour } from './random-host-hour';

test('the ledger and the oracle agree on every party of a random hour, to the last digit', () => {
  fc.assert(
    fc.property(randomHostHour, (input) => {
      expect(allocateHour(input).periods.map(comparedCharge)).toEqual(oracleHour(input).map(comparedOracle));
    }),
    { numRuns: 3000 },
  );
});
