import { createHash } from 'node:crypto';

/** SHA-256 of a text, hex. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** SHA-256 over texts in any order: the same content is the same hash however it was listed. */
export function hashOfSet(texts: readonly string[]): string {
  return hashOf(JSON.stringify([...texts].sort()));
}
