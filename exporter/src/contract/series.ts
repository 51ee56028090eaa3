import { z } from 'zod';
import { nameParameter, stepParameter } from './parameters';
import { cost } from './run';
import { completeUntil, currency, instantText, secondsNumber } from './scalars';

/** A run's cost over time; the buckets sum to its cost exactly. */
export const runSeries = z
  .strictObject({
    deployment: z.string(),
    flow: z.string(),
    runId: z.string(),
    stepSeconds: z.number().int().min(10),
    cost,
    items: z.array(z.strictObject({ start: instantText, end: instantText, cost, heldGpuSeconds: secondsNumber })),
    completeUntil,
    currency,
  })
  .meta({ id: 'RunSeries' });

/** The buckets of a series. */
export const seriesQuery = z.strictObject({ step: stepParameter, deployment: nameParameter('name of a deployment') });

export type RunSeries = z.infer<typeof runSeries>;
