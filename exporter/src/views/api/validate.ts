import type { z } from 'zod';
import { ProblemError } from './problem';

/** Parameters as express gives them: one given twice is a list. */
export type Given = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Reads parameters by their schema. @throws ProblemError naming the parameter, its value and the remedy. */
export function validate<Schema extends z.ZodObject>(schema: Schema, given: Given): z.output<Schema> {
  const parsed = schema.safeParse({ ...given });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue?.code === 'unrecognized_keys') throw unknownParameter(schema, issue.keys[0] ?? '');
  throw badParameter(schema, { name: String(issue?.path[0] ?? ''), given, message: issue?.message ?? 'is wrong' });
}

function unknownParameter(schema: z.ZodObject, name: string): ProblemError {
  const known = Object.keys(schema.shape);
  return new ProblemError('bad-parameter', {
    detail: `There is no parameter ${name.slice(0, 100)} here.`,
    parameter: name.slice(0, 100),
    remedy: known.length === 0 ? 'Leave it out: none is read here.' : `Use one of ${known.join(', ')}.`,
  });
}

function badParameter(
  { shape }: z.ZodObject,
  { name, given, message }: { name: string; given: Given; message: string },
): ProblemError {
  const value = given[name];
  const description = (shape[name] as z.ZodType | undefined)?.description ?? 'a value of its own kind';
  const facts = { parameter: name, remedy: `Give ${name} as ${description}.` };
  if (value === undefined) return new ProblemError('bad-parameter', { detail: `${name} is missing.`, ...facts });
  const detail = typeof value !== 'string' ? `${name} is given more than once.` : `${name} cannot be read: ${message}.`;
  return new ProblemError('bad-parameter', {
    detail,
    value: typeof value === 'string' ? value : value.join(','),
    ...facts,
  });
}
