import { type Attempt } from '../facts/attempt';
import type { ChargePeriod } from '../facts/charge';
import { allocateHour } from '../ledger/allocate';
import { existenceOf } from '../ledger/charge-periods';
import type { Closed } from '../ledger/restate';
import { type SpendPiece, spendAt } from '../ledger/spend';
import { type Instant, type Interval, hourStart, hoursTouching, overlap } from '../units/interval';
import type { Estate } from './estate';
import type { HeldSpan } from './ledger-span';

/** What the open hours are split by. */
export type OpenInput = {
  readonly estate: Estate;
  readonly closed: ReadonlyMap<string, Closed>;
  readonly spans: ReadonlyMap<string, HeldSpan>;
  /** Attempts on the estate's hosts that reach into the open hours. */
  readonly attempts: readonly Attempt[];
  readonly completeUntil: Instant;
};

/** What is not closed yet: the charge periods up to `completeUntil`, and what each host burns at that instant. */
export type OpenLedger = {
  readonly periods: readonly ChargePeriod[];
  readonly spend: readonly (SpendPiece & { readonly host: string })[];
};

/** Splits the open hours by the same rules as closed ones; they are split again, whole, when they close. */
export function openLedger(input: OpenInput): OpenLedger {
  const { estate, completeUntil } = input;
  const byHost = new Map<string, Attempt[]>();
  for (const attempt of input.attempts) {
    for (const host of attempt.hosts) {
      const known = byHost.get(host);
      if (known) known.push(attempt);
      else byHost.set(host, [attempt]);
    }
  }
  const periods: ChargePeriod[] = [];
  const spend: (SpendPiece & { host: string })[] = [];
  for (const { host, prices } of estate.hosts.values()) {
    const holdings = (byHost.get(host.name) ?? []).map((attempt) => ({ attempt }));
    const held = input.spans.get(host.name);
    const open = openSpanOf(input, host.name);
    if (!open) continue;
    for (const hour of hoursTouching(open)) {
      const span = overlap(hour, open)!;
      const { firstHeld, lastHeld } = held ?? { firstHeld: null, lastHeld: null };
      const { splitPolicy } = estate;
      periods.push(
        ...allocateHour({ host, span, prices, holdings, activity: [], firstHeld, lastHeld, splitPolicy }).periods,
      );
    }
    for (const piece of spendAt(completeUntil, host, { prices, holdings, activity: [] })) {
      spend.push({ ...piece, host: host.name });
    }
  }
  return { periods, spend };
}

function openSpanOf({ estate, closed, spans, completeUntil }: OpenInput, host: string): Interval | null {
  const existence = existenceOf(estate.hosts.get(host)!.host, spans.get(host)?.firstHeld ?? null);
  if (!existence) return null;
  const start = Math.max(closed.get(host)?.until ?? hourStart(existence.start), existence.start);
  const end = Math.min(completeUntil, existence.end ?? completeUntil);
  return start < end ? { start, end } : null;
}

/** The earliest instant that any host's open ledger needs attempts from. */
export function openSince({ estate, closed, spans, completeUntil }: Omit<OpenInput, 'attempts'>): Instant {
  const starts = [...estate.hosts.keys()].map(
    (host) => openSpanOf({ estate, closed, spans, completeUntil, attempts: [] }, host)?.start ?? completeUntil,
  );
  return Math.min(completeUntil, ...starts);
}
