import { clockFrom, type Clock } from '../clock';
import { HOUR_MS } from '../units/interval';
import { type Io, UsageError } from './io';

/** The clock that exporter and replay share, and by how much every recorded time is moved to meet it. */
export type ReplayClock = { readonly clock: Clock; readonly shiftMs: number };

const SPEED = /^\d{1,6}(\.\d{1,3})?$/;

/**
 * FLOWLEDGER_CLOCK decides, then `--speed`, which starts at the recording's own start; recorded times stand then.
 * Without either it is real time, and all times are moved by whole hours, so that hours are cut where they were and
 * costs stay the same to the last digit; the recording then began less than an hour ago.
 */
export function replayClock(
  start: string,
  speed: string | undefined,
  { clock, env }: Pick<Io, 'clock' | 'env'>,
): ReplayClock {
  const isSet = Boolean(env['FLOWLEDGER_CLOCK']);
  if (isSet && speed !== undefined) throw new UsageError('FLOWLEDGER_CLOCK is set: leave --speed out, or unset it.');
  if (isSet) return { clock, shiftMs: 0 };
  if (speed !== undefined) {
    if (!SPEED.test(speed) || Number(speed) === 0) throw new UsageError(`--speed ${speed} is not a number above 0.`);
    return { clock: clockFrom(`${start}@${speed}`), shiftMs: 0 };
  }
  return { clock, shiftMs: Math.floor((clock.now() - Date.parse(start)) / HOUR_MS) * HOUR_MS };
}
