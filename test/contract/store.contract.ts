import type { Backend } from '../support/store-backends';
import { ledgerContract } from './store-ledger.contract';
import { publishContract } from './store-publish.contract';

/** What every backend of the store must do, whatever the engine behind it. */
export function storeContract(backend: Backend): void {
  publishContract(backend);
  ledgerContract(backend);
}
