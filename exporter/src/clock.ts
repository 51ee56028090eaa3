import type { Instant } from './units/interval';

/** Tells the time in UTC ms; everything that needs the time is given one. */
export type Clock = { now(): Instant; readonly speed: number };

/** Real time. */
export const systemClock: Clock = { now: () => Date.now(), speed: 1 };

const SHIFTED = /^(.+?)(?:@(\d+(?:\.\d+)?))?$/;

/**
 * Reads `FLOWLEDGER_CLOCK=<ISO instant>@<speed>`: a clock that starts at the instant and runs `speed` times as fast
 * (0 stands still). Undefined or empty means real time.
 * @throws Error naming the variable and the form it wants.
 */
export function clockFrom(text: string | undefined): Clock {
  if (!text) return systemClock;
  const [, iso = '', speedText = '1'] = SHIFTED.exec(text) ?? [];
  const origin = Date.parse(iso);
  if (Number.isNaN(origin) || !/(Z|[+-]\d\d:\d\d)$/.test(iso)) {
    throw new Error(`FLOWLEDGER_CLOCK=${text} is not <ISO instant with zone>@<speed>, e.g. 2026-11-21T05:00:00Z@1.`);
  }
  const speed = Number(speedText);
  const started = Date.now();
  return { speed, now: () => Math.floor(origin + (Date.now() - started) * speed) };
}
