import type { z } from 'zod';
import { count, listenAddress } from '../config/scalars';
import { UsageError } from './io';

/** Reads an option's text by a scalar of the configuration. @throws UsageError that names the option and the remedy. */
export function readOption<T>(name: string, text: string, scalar: z.ZodType<T, string>): T {
  const read = scalar.safeParse(text);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const { remedy } = (issue as { params?: { remedy?: string } } | undefined)?.params ?? {};
  throw new UsageError(`--${name} ${text} ${issue?.message ?? 'is not understood'}.${remedy ? ` ${remedy}` : ''}`);
}

/** Reads `--seed`. @throws UsageError. */
export function readSeed(text: string): number {
  return readOption('seed', text, count(0, 2 ** 31 - 1));
}

/** Gives the text of `--listen` back, or null where there is none. @throws UsageError for what is no address. */
export function checkListen(text: string | undefined): string | null {
  if (text !== undefined) readOption('listen', text, listenAddress);
  return text ?? null;
}
