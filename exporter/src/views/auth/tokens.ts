import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Scope } from '../../contract/routes';
import { type Faulty, parseYaml } from './parse-yaml';

/** A bearer token at rest: its SHA-256, never itself. `teams` null means every team. */
export type Token = {
  readonly name: string;
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  readonly teams: readonly string[] | null;
};

const hexDigest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'must be the 64 lower-case hex digits of sha256(token)' });
const tokenSchema = z.strictObject({
  name: z.string().min(1),
  sha256: hexDigest,
  scopes: z.array(z.enum(['read', 'ingest', 'admin'])).min(1),
  teams: z.array(z.string().min(1)).min(1).optional(),
});

/** Reads a tokens file: a YAML or JSON list of `{name, sha256, scopes, teams?}`. Faults name fields, never values. */
export function parseTokens(text: string): { readonly tokens: readonly Token[] } | Faulty {
  const read = parseYaml(text, z.array(tokenSchema).min(1));
  if ('faults' in read) return read;
  const names = read.value.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return { faults: [`name: two tokens are called ${twice}`] };
  return { tokens: read.value.map((token) => ({ ...token, teams: token.teams ? [...new Set(token.teams)] : null })) };
}

/** The digest of a token as a tokens file holds it. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}

/** The token whose digest is that of `presented`; every known one is compared, in constant time. */
export function findToken(presented: string, tokens: readonly Token[]): Token | null {
  const digest = Buffer.from(hashToken(presented), 'hex');
  let found: Token | null = null;
  for (const token of tokens) if (timingSafeEqual(digest, Buffer.from(token.sha256, 'hex'))) found = token;
  return found;
}
