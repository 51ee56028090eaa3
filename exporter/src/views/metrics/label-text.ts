import { createHash } from 'node:crypto';

const MAX_CODE_POINTS = 200;
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const HASHED = /~[0-9a-f]{12}$/;
const PLAIN = /^[\x20-\x7e]{0,200}$/;

/**
 * A label value that is safe to show: control and direction characters become U+FFFD, at most 200 code points.
 * A changed value ends in a hash of the whole one, and so does one that looks like that already: two names never become
 * one series.
 */
export function labelText(value: string): string {
  const isFree = !HASHED.test(value);
  if (isFree && PLAIN.test(value)) return value;
  const visible = value.replace(UNSAFE, '\ufffd');
  const points = [...visible];
  if (isFree && visible === value && points.length <= MAX_CODE_POINTS) return value;
  const suffix = `~${createHash('sha256').update(value, 'utf16le').digest('hex').slice(0, 12)}`;
  return points.slice(0, MAX_CODE_POINTS - suffix.length).join('') + suffix;
}
