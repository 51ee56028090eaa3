import type { Attempt } from '../facts/attempt';
import type { Run } from '../facts/run';

/** True when a run is to be stored again; what a feed only compares with is not news while the run is open. */
export function runChanged(before: Run | undefined, after: Run): boolean {
  if (!before) return true;
  const compared = after.outcome === 'running' ? withoutFingerprint : whole;
  return JSON.stringify(compared(before), sortedKeys) !== JSON.stringify(compared(after), sortedKeys);
}

const whole = (run: Run): object => run;
const withoutFingerprint = ({ fingerprint: _fingerprint, ...rest }: Run): object => rest;

/** True when an attempt is to be stored again; a later sign of life alone is not news. */
export function attemptChanged(before: Attempt | undefined, after: Attempt): boolean {
  if (!before) return true;
  return JSON.stringify(lasting(before), sortedKeys) !== JSON.stringify(lasting(after), sortedKeys);
}

const lasting = ({ lastSign: _lastSign, pod = null, ...rest }: Attempt): object => ({ ...rest, pod });

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
