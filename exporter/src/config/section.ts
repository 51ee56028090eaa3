import { z } from 'zod';
import { type FieldPath, type Report, suggestion } from './fault';

/** A map that refuses unknown keys; the issue's message lists the known ones. */
export function strictMap<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? known : undefined) });
}

/** A key of the design that does nothing yet: refused with a sentence instead of ignored. */
export function notYet(sentence: string): z.ZodOptional<z.ZodType<undefined>> {
  return z
    .unknown()
    .transform((input, context) => {
      if (input === undefined) return undefined;
      const params = { remedy: `Remove it: ${sentence}.`, atKey: true };
      context.issues.push({ code: 'custom', message: 'does not work yet', params, input });
      return z.NEVER;
    })
    .optional();
}

/** Reads the value at a path by a schema; every issue is reported, and null is returned where there was one. */
export function readBy<T>(schema: z.ZodType<T>, at: { value: unknown; path: FieldPath; report: Report }): T | null {
  const result = schema.safeParse(at.value, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(issue, at);
  return null;
}

/** The items of a list with their paths; a value that is no list is reported. Absent and empty are no items. */
export function itemsOf(at: {
  value: unknown;
  path: FieldPath;
  report: Report;
}): { value: unknown; path: FieldPath }[] {
  const { value, path, report } = at;
  if (value === undefined || value === '') return [];
  if (Array.isArray(value)) return value.map((item: unknown, index) => ({ value: item, path: [...path, index] }));
  report({ path, reason: 'must be a list', remedy: 'Begin each item with "- ".' });
  return [];
}

/** The value as a map for looking at which keys are there; anything else has none. */
export function keysOf(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function reportIssue(issue: z.core.$ZodIssue, { path, report }: { path: FieldPath; report: Report }): void {
  const place = [...path, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const remedy = suggestion(key, issue.message.split(', '));
      report({ path: [...place, key], atKey: true, reason: 'is not a known key', remedy });
    }
  } else if (issue.code === 'invalid_value') {
    const known = issue.values.map(String);
    const reason = issue.input === undefined ? 'is missing' : `is not one of ${known.join(', ')}`;
    report({ path: place, reason, remedy: suggestion(String(issue.input), known) });
  } else if (issue.code === 'custom') {
    const { remedy, atKey } = issue.params as { remedy: string; atKey?: true };
    report({ path: place, ...(atKey ? { atKey } : {}), reason: issue.message, remedy });
  } else {
    report({ path: place, ...typeFault(issue) });
  }
}

function typeFault(issue: z.core.$ZodIssue): { reason: string; remedy: string } {
  if (issue.input === undefined) return { reason: 'is missing', remedy: 'Add it.' };
  if (issue.code === 'invalid_type' && (issue.expected === 'object' || issue.expected === 'record')) {
    return { reason: 'must be a map of keys', remedy: 'Write keys below it, indented.' };
  }
  if (issue.code === 'invalid_type' && issue.expected === 'array') {
    return { reason: 'must be a list', remedy: 'Begin each item with "- ".' };
  }
  return { reason: 'must be a single value', remedy: 'Write it on the line of its key.' };
}
