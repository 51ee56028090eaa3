import { hashOf } from '../store/content-hash';

/** SHA-256 of a plain value as JSON, hex; bigints count as their decimal text. */
export function contentHash(value: unknown): string {
  return hashOf(JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)));
}
