import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Statement } from './engine';

const statements = new Map<string, Statement>();

/** The statement in `queries/<name>.sql`, read once. */
export function statement(name: string): Statement {
  const known = statements.get(name);
  if (known) return known;
  const text = readFileSync(join(__dirname, 'queries', `${name}.sql`), 'utf8');
  const read = { name, text };
  statements.set(name, read);
  return read;
}
