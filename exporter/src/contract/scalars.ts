import { z } from 'zod';

/** An exact amount as plain decimal text: no exponent, at most 12 decimals, trailing zeros trimmed. */
export const moneyText = z
  .string()
  .regex(/^(?:0|-?(?:[1-9]\d*(?:\.\d{0,11}[1-9])?|0\.\d{0,11}[1-9]))$/)
  .meta({
    id: 'Money',
    description: 'Exact decimal text in the currency of the answer: no exponent, trailing zeros trimmed.',
  });

/** UTC, to the millisecond: `2026-11-21T05:00:00.000Z`. */
export const instantText = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  .meta({ id: 'Instant', description: 'UTC, ISO 8601 with milliseconds.' });

/** A span of time in seconds; 0 or more. */
export const secondsNumber = z.number().min(0);

/** Where the ledger is complete up to; null while nothing has closed. */
export const completeUntil = instantText
  .nullable()
  .describe('Every amount in this answer is complete up to here; null while nothing has closed.');

/** The ledger's one currency, ISO 4217. */
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .meta({ id: 'Currency', description: 'ISO 4217.' });
