import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { ProblemError } from './problem';

/** An opaque cursor that holds `place`: base64url JSON with a checksum. */
export function encodeCursor(place: unknown): string {
  const text = JSON.stringify(place);
  return Buffer.from(JSON.stringify([checksum(text), place]), 'utf8').toString('base64url');
}

/** The place a cursor holds, or undefined without one. @throws ProblemError when it is not one that we made. */
export function decodeCursor<Place>(cursor: string | undefined, schema: z.ZodType<Place>): Place | undefined {
  if (cursor === undefined) return undefined;
  const parsed = schema.safeParse(readPlace(cursor));
  if (parsed.success) return parsed.data;
  throw new ProblemError('bad-cursor', {
    detail: 'The cursor is damaged, or belongs to another list.',
    parameter: 'cursor',
    value: cursor,
    remedy: 'Give the nextCursor of the page before unchanged, or leave cursor out to start again.',
  });
}

function readPlace(cursor: string): unknown {
  try {
    const bytes = Buffer.from(cursor, 'base64url');
    if (bytes.toString('base64url') !== cursor) return undefined;
    const [sum, place] = JSON.parse(bytes.toString('utf8')) as [unknown, unknown];
    return sum === checksum(JSON.stringify(place)) ? place : undefined;
  } catch {
    return undefined;
  }
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
