import type { PlainValue } from '../../facts/run';

/** JSON without spaces, keys in UTF-16 order as RFC 8785 has them: equal values make equal texts. */
export function canonicalJson(value: PlainValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly PlainValue[]).map(canonicalJson).join(',')}]`;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
}
