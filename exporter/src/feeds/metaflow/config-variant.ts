import { createHash } from 'node:crypto';
import type { PlainValue, Variant } from '../../facts/run';
import { compareUtf8 } from '../../units/utf8-order';
import { canonicalJson } from './canonical-json';

/** One Config of a run: the sha of its artifact (null: not known), and its value where it could be read. */
export type ConfigArtifact = { readonly name: string; readonly sha: string | null; readonly value?: PlainValue };

const SECRET_KEY = /secret|token|password|passwd|credential|api_?key|private/i;

/** Stands where a value was hidden because its key looks like a secret's. */
export const REDACTED = '[redacted]';

/**
 * The config variant of a run: its `variant:` tag, else the SHA-256 of its Config values, else `sha:` and the hash of
 * the artifacts themselves where a value cannot be read. Null for a run without Configs, and for one of which neither
 * all values nor all artifacts are known.
 */
export function variantOf(tags: readonly string[], configs: readonly ConfigArtifact[]): Variant | null {
  const named = tags.filter((tag) => /^variant:./.test(tag)).sort(compareUtf8)[0];
  if (named !== undefined) return { id: named.slice('variant:'.length), method: 'tag' };
  if (configs.length === 0) return null;
  const values = configs.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const]));
  if (values.length === configs.length) return { id: hashOf(Object.fromEntries(values)), method: 'config_values' };
  if (configs.some(({ sha }) => sha === null)) return null;
  const shas = Object.fromEntries(configs.map(({ name, sha }) => [name, sha]));
  return { id: `sha:${configs.length === 1 ? configs[0]!.sha : hashOf(shas)}`, method: 'config_sha' };
}

/** The Config values that could be read, secrets hidden; null when there are none. */
export function shownConfig(configs: readonly ConfigArtifact[]): { readonly [name: string]: PlainValue } | null {
  const read = configs.filter(({ value }) => value !== undefined);
  if (read.length === 0) return null;
  return redact(Object.fromEntries(read.map(({ name, value }) => [name, value!]))) as { [name: string]: PlainValue };
}

function redact(value: PlainValue): PlainValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly PlainValue[]).map(redact);
  const shown = (key: string, item: PlainValue): PlainValue => (SECRET_KEY.test(key) ? REDACTED : redact(item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(key, item)]));
}

function hashOf(value: PlainValue): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
