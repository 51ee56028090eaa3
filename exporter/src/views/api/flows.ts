import { z } from 'zod';
import { instantOf } from '../wire';
import { decodeCursor } from './cursor';
import { freshness, type Handler } from './handler';
import { pageOf } from './page';

const place = z.tuple([z.literal('flows'), z.string(), z.string()]);

/** Flows by deployment and name, for pickers. */
export const listFlows: Handler<'listFlows'> = async ({ query: { cursor, limit, ...filters } }, { state, store }) => {
  const at = decodeCursor(cursor, place);
  const after = at && { after: { deployment: at[1], flow: at[2] } };
  const rows = await store.flows(state.asOf, { ...filters, limit: limit + 1, ...after });
  const page = pageOf(rows, {
    limit,
    item: ({ deployment, flow, runs, lastStartedAt }) => ({
      deployment,
      flow,
      runs,
      lastStartedAt: instantOf(lastStartedAt),
    }),
    place: ({ deployment, flow }) => ['flows', deployment, flow],
  });
  return { ...page, ...freshness(state) };
};
