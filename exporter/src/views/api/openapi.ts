import { openApi } from '../../contract/openapi';
import type { Handler } from './handler';

const description = openApi();

/** The description of this API, printed from the contract. */
export const getOpenApi: Handler<'getOpenApi'> = async () => description;
