import type { Statement } from './engine';

/** Every table whose rows belong to a load; `loads` itself is what publishes them. */
export const LOAD_TABLES = [
  'runs',
  'attempts',
  'attempt_hosts',
  'hosts',
  'closings',
  'origin_charges',
  'allocated_charges',
  'issues',
] as const;
export type LoadTable = (typeof LOAD_TABLES)[number];

/** Deletes the rows of `{loads:Array(UInt64)}` from one of our tables. */
export function deletionFrom(table: LoadTable): Statement {
  return { name: `delete from ${table}`, text: `ALTER TABLE ${table} DELETE WHERE load_id IN {loads:Array(UInt64)}` };
}

/** Reads every part of one of our tables and compares checksums. */
export function checkOf(table: LoadTable | 'loads'): Statement {
  return { name: `check ${table}`, text: `CHECK TABLE ${table}` };
}
