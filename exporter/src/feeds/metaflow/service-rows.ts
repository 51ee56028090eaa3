import { isClue } from './clues';
import { isRecord, parseRow, type RowFault } from './parse-row';
import { flowIdOf, type Row, runIdOf, stepIdOf, taskIdOf } from './row-ids';
import { isSaneInstant } from './sane-instant';
import { showValue } from './show-value';
import type { MetadataRow } from './task-record';

/** A metadata row and the task that it belongs to. */
export type TaskRow = { readonly step: string; readonly task: string; readonly row: MetadataRow };

/** Whose rows are read. */
export type RowOwner = { readonly flow: string; readonly run: string };

/** The fields whose values decide something; of the others only the time counts. */
const DECIDING = new Set(['attempt', 'attempt_ok', 'attempt-done', 'origin-task-id', 'end_step']);

/**
 * Reads one metadata row in the shape of the service, of the UI backend or of the table: ids are whole numbers or
 * texts, `ts_epoch` is ms. Fields that nobody knows are ignored.
 */
export function parseServiceRow(row: unknown, owner: RowOwner): TaskRow | RowFault {
  const place = placeOf(row, owner);
  if ('fault' in place) return place;
  const { field_name: field, value, ts_epoch: at } = row as Row;
  const isDeciding = typeof field === 'string' && (DECIDING.has(field) || isClue({ field }));
  const parsed = parseRow({ ...(row as Row), value: isDeciding ? asText(value) : '' });
  if ('fault' in parsed) return parsed;
  if (parsed.field !== 'attempt' && !isSaneInstant(at)) {
    return { field: 'ts_epoch', value: showValue(at), fault: 'is no time in milliseconds between 2000 and 2199' };
  }
  return { ...place, row: parsed };
}

/** The step and the task of a metadata or task row; a row of another run is a fault. */
export function placeOf(row: unknown, { flow, run }: RowOwner): { step: string; task: string } | RowFault {
  if (!isRecord(row)) return { field: '', value: showValue(row), fault: 'is not a JSON object' };
  const [step, task] = [stepIdOf(row), taskIdOf(row)];
  if (step === null) return { field: 'step_name', value: shown(row.step_name), fault: 'is no name' };
  if (task === null) return { field: 'task_id', value: shown(row.task_name ?? row.task_id), fault: 'is no id' };
  if (flowIdOf(row) !== flow) return { field: 'flow_id', value: shown(row.flow_id), fault: `is not ${flow}` };
  if (runIdOf(row) !== run) {
    return { field: 'run_number', value: shown(row.run_id ?? row.run_number), fault: `is not ${run}` };
  }
  return { step, task };
}

/** Schemas with a jsonb `value` give numbers and booleans; Python writes its booleans with a capital. */
function asText(value: unknown): unknown {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value;
}

const shown = (value: unknown): string | null => (value === undefined || value === null ? null : showValue(value));
