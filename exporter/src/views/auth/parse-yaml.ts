import { parseDocument } from 'yaml';
import type { z } from 'zod';

/** Why a file was refused, one sentence a fault; no fault repeats a value. */
export type Faulty = { readonly faults: readonly string[] };

/** Reads YAML (or JSON) strictly: each fault names its field and what it wants. */
export function parseYaml<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
): { readonly value: z.output<Schema> } | Faulty {
  const document = parseDocument(text, { uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      faults: document.errors.map(({ code, linePos }) => `line ${linePos?.[0].line ?? 1}: is not YAML (${code})`),
    };
  }
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return { value: parsed.data };
  return { faults: parsed.error.issues.map(({ path, message }) => `${fieldOf(path)}: ${message}`) };
}

function fieldOf(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'the file';
}
