import type { Instant } from '../../units/interval';
import { isSaneInstant } from './sane-instant';
import { showValue } from './show-value';
import type { FoundFault } from './row-faults';

const AHEAD_TOLERANCE_MS = 60_000;

/**
 * Reads a `last_heartbeat_ts`, which is in whole seconds where every other time is in ms; null where there is none.
 * One that has not come yet is not believed.
 */
export function readHeartbeat(
  value: unknown,
  { file, now }: { readonly file: string; readonly now: Instant },
): { readonly at: Instant | null } | { readonly fault: FoundFault } {
  if (value === undefined || value === null || value === 0) return { at: null };
  const at = typeof value === 'number' ? value * 1000 : NaN;
  const place = { file, field: 'last_heartbeat_ts', value: showValue(value) };
  if (!isSaneInstant(at)) {
    const reason = 'The heartbeat is no time in whole seconds between 2000 and 2199, so it is not believed.';
    return { fault: { ...place, code: 'bad_value', reason } };
  }
  if (at <= now + AHEAD_TOLERANCE_MS) return { at };
  const reason = 'The heartbeat has not come yet, so it is not believed: does the server keep its time in UTC?';
  return { fault: { ...place, code: 'clock_skew', reason } };
}
