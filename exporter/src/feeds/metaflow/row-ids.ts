import { isRecord } from './parse-row';

/** A row of any table or answer, its fields unchecked. */
export type Row = { readonly [field: string]: unknown };

/** Reads an id, a text or a whole number, as text; null for anything else, and for what no address can carry. */
function readId(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? String(value) : null;
  if (typeof value !== 'string' || value === '' || value.length > MAX_ID) return null;
  return value === '.' || value === '..' ? null : value;
}

const MAX_ID = 1024;

/** The flow a row belongs to; null when it does not say. */
export function flowIdOf(row: unknown): string | null {
  return isRecord(row) ? readId(row.flow_id) : null;
}

/** A run's name: its `run_id` where it has one, else its `run_number`; null when it has neither. */
export function runIdOf(row: unknown): string | null {
  return isRecord(row) ? readId(row.run_id ?? row.run_number) : null;
}

/** A task's name: its `task_name` where it has one, else its `task_id`; null when it has neither. */
export function taskIdOf(row: unknown): string | null {
  return isRecord(row) ? readId(row.task_name ?? row.task_id) : null;
}

/** The step a row belongs to; null when it does not say. */
export function stepIdOf(row: unknown): string | null {
  return isRecord(row) ? readId(row.step_name) : null;
}
