import { z } from 'zod';
import { listOf, pageQuery } from './paging';
import { nameParameter, searchParameter } from './parameters';
import { instantText } from './scalars';

/** A flow, for pickers. */
export const flow = z
  .strictObject({
    deployment: z.string(),
    flow: z.string(),
    runs: z.number().int().min(0),
    lastStartedAt: instantText,
  })
  .meta({ id: 'Flow' });

/** A page of flows. */
export const flowList = listOf(flow);

/** What a list of flows can be narrowed to. */
export const flowsQuery = z.strictObject({
  q: searchParameter('part of a flow name'),
  deployment: nameParameter('name of a deployment'),
  ...pageQuery,
});
