import type { Instant } from '../../units/interval';

const EARLIEST: Instant = Date.UTC(2000, 0, 1);
const LATEST: Instant = Date.UTC(2200, 0, 1);

/** True for whole milliseconds in [2000-01-01, 2200-01-01): the only times that are believed of a file. */
export function isSaneInstant(value: unknown): value is Instant {
  return isBeforeLatest(value) && value >= EARLIEST;
}

/** True for positive whole milliseconds before 2200-01-01; whether they are absurdly old is judged beside the run. */
export function isBeforeLatest(value: unknown): value is Instant {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 && value < LATEST;
}
