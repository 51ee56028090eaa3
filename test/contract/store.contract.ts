import type { Backend } from '../support/store-backends';
import { crashContract } from './store-crash.contract';
import { lawsContract } from './store-laws.contract';
import { integrityContract } from './store-integrity.contract';
import { ledgerContract } from './store-ledger.contract';
import { publishContract } from './store-publish.contract';
import { readsContract } from './store-reads.contract';

/** What every backend of the store must do, whatever the engine behind it. */
export function storeContract(backend: Backend): void {
  publishContract(backend);
  readsContract(backend);
  ledgerContract(backend);
  lawsContract(backend);
  integrityContract(backend);
  crashContract(backend);
}
