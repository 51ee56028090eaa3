import { embedded, server } from '../support/store-backends';
import { storeContract } from './store.contract';

const { CLICKHOUSE_URL } = process.env;

describe('store on chdb', () => storeContract(embedded));

if (CLICKHOUSE_URL) {
  describe('store on a ClickHouse server', () => storeContract(server(CLICKHOUSE_URL)));
} else {
  process.stderr.write('store on a ClickHouse server: not run, CLICKHOUSE_URL is not set\n');
}
