import { z } from 'zod';
import { confidence, endSource, heldSource, outcome, rung } from './enums';
import { nameParameter } from './parameters';
import { cost } from './run';
import { completeUntil, currency, instantText, moneyText, secondsNumber } from './scalars';

const weightText = z.string().regex(/^\d+$/).describe('An exact integer weight.');

const rest = moneyText.nullable().describe('Null when unpriced, and always for credentials bound to teams.');

const receiptCharge = z
  .strictObject({
    host: z.string(),
    from: instantText,
    to: instantText,
    closed: z.boolean(),
    originAmount: cost,
    pricePerHour: moneyText.nullable(),
    rung,
    rateCard: z.string().nullable(),
    explanation: z.string(),
    splitPolicy: z.string(),
    weight: weightText,
    capacityWeight: weightText.describe('Σ of all weights of the charge period: the capacity of the host × its ms.'),
    otherWorkload: rest,
    idle: rest,
    unattributed: rest,
    heldFrom: instantText,
    heldTo: instantText,
    heldSeconds: secondsNumber,
    heldGpuSeconds: secondsNumber,
    amount: cost,
    sentence: z.string(),
  })
  .meta({ id: 'ReceiptCharge' });

const receiptAttempt = z
  .strictObject({
    step: z.string(),
    task: z.string(),
    attempt: z.number().int().min(0),
    outcome,
    isClone: z.boolean(),
    confidence,
    endSource,
    heldSource: heldSource.nullable(),
    k8sNamespace: z.string().nullable(),
    pod: z.string().nullable(),
    cost,
    sentence: z.string(),
    evidence: z.string().describe('Where its times and what it held are known from, and how surely.'),
    charges: z.array(receiptCharge),
  })
  .meta({ id: 'ReceiptAttempt' });

/** The arithmetic behind one cost: every charge period of every attempt; the amounts sum to it. */
export const receipt = z
  .strictObject({
    pathspec: z.string(),
    deployment: z.string(),
    flow: z.string(),
    runId: z.string(),
    cost,
    costComplete: z.boolean(),
    asOfLoad: z.number().int().min(0).describe('The load up to which the ledger was read.'),
    items: z.array(receiptAttempt),
    completeUntil,
    currency,
  })
  .meta({ id: 'Receipt' });

/** What is to be explained. */
export const explainQuery = z.strictObject({
  pathspec: z
    .string()
    .max(3000)
    .regex(/^[^/]+\/[^/]+(?:\/[^/]+(?:\/[^/]+)?)?$/)
    .describe('Flow/run, Flow/run/step or Flow/run/step/task'),
  attempt: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe('number of an attempt, with a task in pathspec'),
  deployment: nameParameter('name of a deployment'),
});

export type Receipt = z.infer<typeof receipt>;
export type ReceiptAttempt = z.infer<typeof receiptAttempt>;
export type ReceiptCharge = z.infer<typeof receiptCharge>;
