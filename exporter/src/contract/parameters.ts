import { z } from 'zod';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const STEP = /^([1-9]\d{0,6})(s|m|h|d)$/;
const STEP_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const [MIN_STEP_MS, MAX_STEP_MS] = [10_000, 86_400_000];

/** A name of at most 500 characters. */
export const nameParameter = (description: string) => z.string().min(1).max(500).optional().describe(description);

/** An instant: a UTC date, or a time with its zone; becomes UTC ms. */
export const instantParameter = (description: string) =>
  z
    .string()
    .refine(isInstant, { error: 'is not an instant' })
    .transform((text) => Date.parse(text))
    .optional()
    .describe(`${description}: a UTC date (2026-11-21) or a time with its zone (2026-11-21T05:00:00Z)`);

/** The width of a bucket; becomes ms. */
export const stepParameter = z
  .string()
  .refine(isStep, { error: 'is not a step from 10s to 1d' })
  .default('60s')
  .transform(stepMilliseconds)
  .describe('width of a bucket from 10s to 1d, such as 60s, 5m or 1h');

/** Free text to look for. */
export const searchParameter = (description: string) => z.string().max(200).optional().describe(description);

function isInstant(text: string): boolean {
  return (DATE.test(text) || ZONED.test(text)) && isCalendarDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text));
}

function isCalendarDay(day: string): boolean {
  const start = Date.parse(day);
  return !Number.isNaN(start) && new Date(start).toISOString().startsWith(day);
}

function isStep(text: string): boolean {
  const milliseconds = stepMilliseconds(text);
  return milliseconds >= MIN_STEP_MS && milliseconds <= MAX_STEP_MS;
}

function stepMilliseconds(text: string): number {
  const [, count = '0', unit = ''] = STEP.exec(text) ?? [];
  return Number(count) * (STEP_MS[unit] ?? 0);
}
