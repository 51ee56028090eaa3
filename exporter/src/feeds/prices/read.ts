import { AWS_US_EAST_1 } from './aws-price-table';
import { AZURE_EASTUS } from './azure-price-table';
import { GCP_US_CENTRAL1 } from './gcp-price-table';
import { parsePriceTable, type Prices } from './parse';

/** The price tables that ship with the exporter. */
export const BUILT_IN_TABLES = [AWS_US_EAST_1, AZURE_EASTUS, GCP_US_CENTRAL1] as const;

/** The built-in list prices and instance types of every provider; no file and no network is read. */
export function readBuiltInPrices(): Prices {
  const parsed = BUILT_IN_TABLES.map(parsePriceTable);
  return {
    listPrices: parsed.flatMap(({ listPrices }) => listPrices),
    instanceTypes: parsed.flatMap(({ instanceTypes }) => instanceTypes),
  };
}
