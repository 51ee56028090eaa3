import type { z } from 'zod';
import { UsageError } from './io';

/** Reads an option's text by a scalar of the configuration. @throws UsageError that names the option and the remedy. */
export function readOption<T>(name: string, text: string, scalar: z.ZodType<T, string>): T {
  const read = scalar.safeParse(text);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const { remedy } = (issue as { params?: { remedy?: string } } | undefined)?.params ?? {};
  throw new UsageError(`--${name} ${text} ${issue?.message ?? 'is not understood'}.${remedy ? ` ${remedy}` : ''}`);
}
