import type { Attempt } from '../facts/attempt';
import type { HourClosing } from '../facts/charge';
import type { Issue } from '../facts/issue';
import { allocateHour } from '../ledger/allocate';
import type { HostHour } from '../ledger/restate';
import { HOUR_MS, hoursTouching, overlap } from '../units/interval';
import type { EstateHost } from './estate';
import type { HeldSpan } from './ledger-span';
import type { StretchesByHost } from './telemetry';
import { slotOf } from './retired-hosts';

/** The host-hours to close and all that they are split by. */
export type CloseBatch = {
  readonly splitPolicy: string;
  /** The host as it is, or was, declared in an hour; undefined where nothing tells. */
  readonly hostIn: (hostHour: HostHour) => EstateHost | undefined;
  readonly hostHours: readonly HostHour[];
  /** Every attempt that may hold on these hosts in these hours. */
  readonly attempts: readonly Attempt[];
  readonly heldSpans: ReadonlyMap<string, HeldSpan>;
  /** What telemetry saw on these hosts in these hours. */
  readonly stretches: StretchesByHost;
};

/** Closes whole host-hours: each is priced and split. */
export function closeBatch({ splitPolicy, hostIn, hostHours, attempts, heldSpans, stretches }: CloseBatch): {
  closings: HourClosing[];
  issues: Issue[];
} {
  const wanted = new Map<string, Attempt[]>(hostHours.map((one) => [slotOf(one), []]));
  for (const attempt of attempts) fileUnderHours(attempt, wanted, spanOf(hostHours));
  const closings: HourClosing[] = [];
  const issues: Issue[] = [];
  for (const one of hostHours) {
    const known = hostIn(one);
    if (!known) continue;
    const hour = { start: one.hour, end: one.hour + HOUR_MS };
    const held = heldSpans.get(one.host);
    const allocated = allocateHour({
      host: known.host,
      span: hour,
      prices: known.prices,
      holdings: wanted.get(slotOf(one))!.map((attempt) => ({ attempt })),
      activity: [],
      stretches: (stretches.get(one.host) ?? []).filter((stretch) => overlap(stretch, hour) !== null),
      firstHeld: held?.firstHeld ?? null,
      lastHeld: held?.lastHeld ?? null,
      splitPolicy,
    });
    closings.push({ host: one.host, hour, pricingHash: known.pricingHash(hour), periods: allocated.periods });
    issues.push(...allocated.issues);
  }
  return { closings, issues };
}

/** From the start of the first of some host-hours to the end of the last. */
export function spanOf(hostHours: readonly HostHour[]): { start: number; end: number } {
  const hours = hostHours.map(({ hour }) => hour);
  return { start: Math.min(...hours), end: Math.max(...hours) + HOUR_MS };
}

function fileUnderHours(
  attempt: Attempt,
  wanted: Map<string, Attempt[]>,
  within: { start: number; end: number },
): void {
  const span = overlap({ start: attempt.start, end: Math.max(attempt.start, attempt.end ?? within.end) }, within);
  if (!span) return;
  for (const hour of hoursTouching(span)) {
    for (const host of attempt.hosts) wanted.get(slotOf({ host, hour: hour.start }))?.push(attempt);
  }
}
