import { isBeforeLatest } from './sane-instant';
import { showValue } from './show-value';
import type { MetadataRow } from './task-record';

/** What is wrong with a row, by field. */
export type RowFault = { readonly field: string; readonly value: string | null; readonly fault: string };

const MAX_ATTEMPT = 999;

/** Reads one metadata row (`field_name`, `value`, `ts_epoch` in ms, `tags`); both transports write the same keys. */
export function parseRow(row: unknown): MetadataRow | RowFault {
  if (!isRecord(row)) return { field: '', value: null, fault: 'is not a JSON object' };
  const { field_name: field, value, ts_epoch: at, tags } = row;
  if (typeof field !== 'string') return { field: 'field_name', value: show(field), fault: 'is not a text' };
  if (typeof value !== 'string') return { field: 'value', value: show(value), fault: 'is not a text' };
  const wrong = wrongValue(field, value);
  if (wrong) return { field: 'value', value, fault: wrong };
  if (!isBeforeLatest(at)) return { field: 'ts_epoch', value: show(at), fault: 'is no time in milliseconds' };
  return { field, value, attempt: attemptOf(tags), at };
}

/** Reads an attempt number, 0 to 999; null for anything else. */
export function readAttemptNumber(text: string): number | null {
  return /^\d{1,3}$/.test(text) && Number(text) <= MAX_ATTEMPT ? Number(text) : null;
}

/** True for a JSON object. */
export function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrongValue(field: string, value: string): string | null {
  if (field === 'attempt' && readAttemptNumber(value) === null) return 'is no attempt number';
  if (field === 'attempt_ok' && value !== 'True' && value !== 'False') return 'is neither True nor False';
  return null;
}

function attemptOf(tags: unknown): number | null {
  if (!Array.isArray(tags)) return null;
  for (const tag of tags as readonly unknown[]) {
    if (typeof tag === 'string' && tag.startsWith('attempt_id:')) return readAttemptNumber(tag.slice(11));
  }
  return null;
}

const show = (value: unknown): string | null => (value === undefined ? null : showValue(value));
