import { createHash } from 'node:crypto';

const LONGEST_WAIT_MS = 60_000;
const LONGEST_JITTER_MS = 1000;
const SHORTEST_DEADLINE_MS = 1000;

/** Real ms of `milliseconds` of a clock that runs `speed` times as fast; beside a still clock they are real already. */
export function realMilliseconds(milliseconds: number, speed: number): number {
  return speed > 0 ? milliseconds / speed : milliseconds;
}

/** How long a target may take, real ms: a fast clock makes no network faster, so one second always remains. */
export function realDeadline(timeoutMs: number, speed: number): number {
  return Math.max(realMilliseconds(timeoutMs, speed), Math.min(timeoutMs, SHORTEST_DEADLINE_MS));
}

/** From one scrape to the next, ms: the interval, doubled with each failure after the first, up to a minute. */
export function waitAfter(failures: number, intervalMs: number): number {
  const doubled = intervalMs * 2 ** Math.max(0, failures - 1);
  return Math.max(intervalMs, Math.min(doubled, LONGEST_WAIT_MS));
}

/** When a target is first scraped, ms after its loop began: the same for the same address, at most a second. */
export function firstWait(url: string, intervalMs: number): number {
  const share = createHash('sha256').update(url).digest().readUInt32BE(0) / 2 ** 32;
  return share * Math.min(intervalMs, LONGEST_JITTER_MS);
}
