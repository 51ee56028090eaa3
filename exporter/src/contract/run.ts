import { z } from 'zod';
import { confidence, costState, endSource, heldSource, outcome, rung } from './enums';
import { listOf, pageQuery } from './paging';
import { instantParameter, nameParameter, searchParameter } from './parameters';
import { completeUntil, currency, instantText, moneyText, secondsNumber } from './scalars';

/** Σ of the priced parts; null when nothing of it has a price. */
export const cost = moneyText.nullable().describe('Σ of the priced parts; null when wholly unpriced.');

const labels = z
  .strictObject({
    team: z.string().nullable(),
    project: z.string().nullable(),
    costCenter: z.string().nullable(),
    experiment: z.string().nullable(),
    modelVersion: z.string().nullable(),
  })
  .meta({ id: 'Labels', description: 'Who a cost belongs to; null is "No team", "No experiment", ….' });

const variant = z
  .strictObject({ id: z.string(), method: z.enum(['tag', 'config_values', 'config_sha']) })
  .meta({ id: 'Variant', description: 'The config variant; ids made by two methods are never compared.' });

const attempt = z
  .strictObject({
    attempt: z.number().int().min(0),
    start: instantText,
    end: instantText.nullable(),
    endSource,
    outcome,
    isClone: z.boolean(),
    hosts: z.array(z.string()),
    k8sNamespace: z.string().nullable().describe('Of the pod that ran it; null where no pod is known.'),
    pod: z.string().nullable().describe('The pod that ran it; null where none is known.'),
    heldSource: heldSource.nullable().describe('Where it is known from what it held; null when nothing says it.'),
    heldGpuSeconds: secondsNumber.nullable().describe('Null when nothing says what it held.'),
    usedGpuSeconds: secondsNumber
      .nullable()
      .describe('Held and active by telemetry; with workload idle and unobserved it adds up to what it held.'),
    workloadIdleGpuSeconds: secondsNumber.nullable().describe('Held, observed, and at most 1 % active for 5 min.'),
    unobservedGpuSeconds: secondsNumber.nullable().describe('Held while no telemetry spoke of it.'),
    confidence,
    rung: rung.nullable().describe('The least trusted rung among its charges; null when it held nothing.'),
    cost,
  })
  .meta({ id: 'Attempt' });

const task = z.strictObject({ task: z.string(), cost, attempts: z.array(attempt) }).meta({ id: 'Task' });
const step = z.strictObject({ step: z.string(), cost, tasks: z.array(task) }).meta({ id: 'Step' });

const summaryFields = {
  deployment: z.string(),
  flow: z.string(),
  runId: z.string(),
  startedAt: instantText,
  endedAt: instantText.nullable(),
  outcome,
  state: costState,
  cost,
  billed: moneyText.nullable(),
  estimated: moneyText.nullable(),
  billedFraction: z.number().min(0).max(1),
  costComplete: z.boolean().describe('False when some held time has no price, no resources, no host or no sure end.'),
  unpricedSeconds: secondsNumber.describe('Attempt-seconds held without a price.'),
  heldGpuSeconds: secondsNumber,
  user: z.string().nullable(),
  runtime: z.string().nullable(),
  tags: z.array(z.string()),
  variant: variant.nullable(),
  labels,
};

/** A run in a list: everything but its steps. */
export const runSummary = z.strictObject(summaryFields).meta({ id: 'RunSummary' });

/** A run with its steps, tasks and attempts. */
export const runPage = z
  .strictObject({
    ...summaryFields,
    systemTags: z.array(z.string()),
    config: z.record(z.string(), z.unknown()).nullable().describe('Config values by Config name, secrets redacted.'),
    steps: z.array(step),
    completeUntil,
    currency,
  })
  .meta({ id: 'Run' });

/** A page of runs. */
export const runList = listOf(runSummary);

/** What a list of runs can be narrowed to. */
export const runsQuery = z.strictObject({
  q: searchParameter('part of a flow, run id, user or tag'),
  deployment: nameParameter('name of a deployment'),
  flow: nameParameter('name of a flow'),
  team: z.string().max(500).optional().describe('name of a team; empty for runs without one'),
  experiment: nameParameter('name of an experiment'),
  outcome: outcome.optional().describe('one of running, succeeded, failed, killed, lost, unknown'),
  state: costState.optional().describe('one of estimated, partially_billed, billed, final, restated'),
  from: instantParameter('runs that started at or after'),
  to: instantParameter('runs that started before'),
  ...pageQuery,
});

/** Which run a path names. */
export const runParams = z.strictObject({
  flow: z.string().min(1).max(1000).describe('name of a flow'),
  run: z.string().min(1).max(1000).describe('id of a run'),
});

/** Which deployment's run is meant where two have it. */
export const runQuery = z.strictObject({ deployment: nameParameter('name of a deployment') });

export type RunSummary = z.infer<typeof runSummary>;
export type RunPage = z.infer<typeof runPage>;
export type StepCost = z.infer<typeof step>;
export type TaskCost = z.infer<typeof task>;
export type AttemptCost = z.infer<typeof attempt>;
