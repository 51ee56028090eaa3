import type { Backend } from '../support/store-backends';
import { coverageContract } from './store-coverage.contract';
import { crashContract } from './store-crash.contract';
import { lawsContract } from './store-laws.contract';
import { integrityContract } from './store-integrity.contract';
import { ledgerContract } from './store-ledger.contract';
import { publishContract } from './store-publish.contract';
import { migrationContract } from './store-migration.contract';
import { readsContract } from './store-reads.contract';
import { samplesContract } from './store-samples.contract';
import { usageContract } from './store-usage.contract';

/** What every backend of the store must do, whatever the engine behind it. */
export function storeContract(backend: Backend): void {
  publishContract(backend);
  readsContract(backend);
  ledgerContract(backend);
  usageContract(backend);
  coverageContract(backend);
  samplesContract(backend);
  migrationContract(backend);
  lawsContract(backend);
  integrityContract(backend);
  crashContract(backend);
}
