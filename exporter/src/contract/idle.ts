import { z } from 'zod';
import { idleCause, rung } from './enums';
import { listFields, pageQuery } from './paging';
import { instantParameter, nameParameter } from './parameters';
import { cost } from './run';
import { instantText, secondsNumber } from './scalars';

/** One host's charge period; `workload + unattributed + idle` is `cost`, exactly. */
export const idlePeriod = z
  .strictObject({
    host: z.string(),
    pool: z.string().nullable(),
    gpuModel: z.string().nullable(),
    from: instantText,
    to: instantText,
    closed: z.boolean().describe('False while the period is open and its parts can still move.'),
    rung,
    cost,
    workload: cost,
    unattributed: cost,
    idle: cost,
    causes: z.partialRecord(idleCause, z.strictObject({ cost, gpuSeconds: secondsNumber })),
    idleGpuSeconds: secondsNumber,
    heldGpuSeconds: secondsNumber,
  })
  .meta({ id: 'IdlePeriod' });

/** The window an answer covers, on UTC hour borders. */
export const windowFields = { from: instantText, to: instantText };

/** Which part of time an answer covers. */
export const windowQuery = {
  from: instantParameter('start of the window, moved back to its UTC hour (default: the UTC month)'),
  to: instantParameter('end of the window, moved on to its UTC hour (default: now)'),
};

/** A page of host charge periods, oldest first. */
export const idleList = z.strictObject({ items: z.array(idlePeriod), ...windowFields, ...listFields });

/** What a list of host charge periods can be narrowed to. */
export const idleQuery = z.strictObject({ host: nameParameter('name of a host'), ...windowQuery, ...pageQuery });

export type IdlePeriod = z.infer<typeof idlePeriod>;
