import { createHash } from 'node:crypto';

const MAX_CODE_POINTS = 200;
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const PLAIN = /^[\x20-\x7e]{0,200}$/;

/**
 * A label value that is safe to show: control and direction characters become U+FFFD, at most 200 code points.
 * A changed value ends in a hash of the whole one, so that two names never become one series.
 */
export function labelText(value: string): string {
  if (PLAIN.test(value)) return value;
  const visible = value.replace(UNSAFE, '\ufffd');
  const points = [...visible];
  if (visible === value && points.length <= MAX_CODE_POINTS) return value;
  const suffix = `~${createHash('sha256').update(value, 'utf16le').digest('hex').slice(0, 12)}`;
  return points.slice(0, MAX_CODE_POINTS - suffix.length).join('') + suffix;
}
