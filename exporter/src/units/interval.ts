import { assert } from '../assert';

/** UTC milliseconds since the Unix epoch. */
export type Instant = number;

/** Half-open `[start, end)` in UTC milliseconds; `start <= end`. */
export type Interval = { readonly start: Instant; readonly end: Instant };

/** Milliseconds of an hour. */
export const HOUR_MS = 3_600_000;

/** Makes `[start, end)`; an end before its start throws. */
export function interval(start: Instant, end: Instant): Interval {
  assert(
    Number.isSafeInteger(start) && Number.isSafeInteger(end),
    `Interval borders must be whole milliseconds: ${start}, ${end}.`,
  );
  assert(start <= end, `Interval ends before it starts: ${end} < ${start}.`);
  return { start, end };
}

/** The part two intervals share, or null when they share no millisecond. */
export function overlap(a: Interval, b: Interval): Interval | null {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start < end ? { start, end } : null;
}

/** Length in milliseconds. */
export function millisecondsOf({ start, end }: Interval): number {
  return end - start;
}

/** True when `start <= instant < end`. */
export function containsInstant({ start, end }: Interval, instant: Instant): boolean {
  return start <= instant && instant < end;
}

/** The start of the UTC hour that holds `instant`. */
export function hourStart(instant: Instant): Instant {
  return Math.floor(instant / HOUR_MS) * HOUR_MS;
}

/** The UTC hours that `span` touches, earliest first, whole. */
export function hoursTouching(span: Interval): Interval[] {
  const hours: Interval[] = [];
  for (let start = hourStart(span.start); start < span.end; start += HOUR_MS)
    hours.push({ start, end: start + HOUR_MS });
  return hours;
}

/** The UTC calendar month that holds `instant`. */
export function monthOf(instant: Instant): Interval {
  const date = new Date(instant);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { start: Date.UTC(year, month, 1), end: Date.UTC(year, month + 1, 1) };
}

/** Cuts `span` at every border strictly inside it. */
export function cutAt(span: Interval, borders: Iterable<Instant>): Interval[] {
  const inside = [...new Set(borders)]
    .filter((border) => span.start < border && border < span.end)
    .sort((a, b) => a - b);
  const edges = [span.start, ...inside, span.end];
  return edges.slice(1).map((end, index) => ({ start: edges[index]!, end }));
}
