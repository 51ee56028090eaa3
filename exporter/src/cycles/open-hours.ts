import { type Attempt, attemptKeyText, type Confidence } from '../facts/attempt';
import type { ChargePeriod } from '../facts/charge';
import type { DeviceStretch } from '../facts/gpu-sample';
import { allocateHour } from '../ledger/allocate';
import { existenceOf } from '../ledger/charge-periods';
import type { AttemptHolding } from '../ledger/holding';
import type { Closed } from '../ledger/restate';
import { type SpendPiece, spendAt } from '../ledger/spend';
import { type HeldActivity, utilizationNow } from '../ledger/usage';
import { type Instant, type Interval, hourStart, hoursTouching, overlap } from '../units/interval';
import type { Estate } from './estate';
import type { HeldSpan } from './ledger-span';
import type { StretchesByHost } from './telemetry';

/** How long a spend rate outlives the last successful poll: an outage must not resolve a burning alert. */
const RATE_OUTLIVES_FEED_MS = 15 * 60_000;

/** Where the ledger stands and up to when it is computed. */
export type OpenHours = {
  readonly estate: Estate;
  readonly closed: ReadonlyMap<string, Closed>;
  readonly spans: ReadonlyMap<string, HeldSpan>;
  /** The newest instant that any feed has been read at. */
  readonly until: Instant;
  /** Up to when a host is known, where its cluster is known otherwise than the rest. */
  readonly hostUntil: (host: string) => Instant;
};

/** What the open hours are split by. */
export type OpenInput = OpenHours & {
  /** Attempts on the estate's hosts that reach into the open hours. */
  readonly attempts: readonly Attempt[];
  /** Up to when an attempt is known: while it is open it is not charged beyond. */
  readonly knownUntil: (attempt: Attempt) => Instant;
  readonly at: Instant;
  /** What telemetry saw in the open hours. */
  readonly stretches: StretchesByHost;
  /** What it sees of a host right now. */
  readonly stretchesAt: (host: string, at: Instant) => readonly DeviceStretch[];
};

/** What one party burns on a host, and how surely it is tied to it. */
export type HostSpend = SpendPiece & { readonly host: string; readonly confidence: Confidence | null };

/** What is not closed yet: the charge periods up to `until`, and what each host burns at that instant. */
export type OpenLedger = {
  readonly periods: readonly ChargePeriod[];
  readonly spend: readonly HostSpend[];
  /** What is observed now of the GPUs that attempts hold. */
  readonly activity: readonly HeldActivity[];
};

/** Splits the open hours by the same rules as closed ones; they are split again, whole, when they close. */
export function openLedger(input: OpenInput): OpenLedger {
  const charged = byHost(input.attempts.map((attempt) => endedAtLeast(attempt, input)));
  const burning = byHost(input.attempts.filter((attempt) => burnsStill(attempt, input)));
  const periods: ChargePeriod[] = [];
  const spend: HostSpend[] = [];
  const activity: HeldActivity[] = [];
  for (const { host, prices } of input.estate.hosts.values()) {
    const open = openSpanOf(input, host.name);
    if (!open) continue;
    const { firstHeld, lastHeld } = input.spans.get(host.name) ?? { firstHeld: null, lastHeld: null };
    const { splitPolicy } = input.estate;
    const holdings = charged.get(host.name) ?? [];
    for (const hour of hoursTouching(open)) {
      const span = overlap(hour, open)!;
      const stretches = (input.stretches.get(host.name) ?? []).filter((one) => overlap(one, span) !== null);
      const hostHour = { host, span, prices, holdings, activity: [], stretches, firstHeld, lastHeld, splitPolicy };
      periods.push(...allocateHour(hostHour).periods);
    }
    const until = input.hostUntil(host.name);
    if (input.at - until > RATE_OUTLIVES_FEED_MS) continue;
    const stretches = input.stretchesAt(host.name, until);
    const now = { prices, holdings: burning.get(host.name) ?? [], activity: [], stretches };
    const surely = new Map(now.holdings.map(({ attempt }) => [attemptKeyText(attempt.key), attempt.confidence]));
    for (const piece of spendAt(until, host, now)) {
      const confidence = piece.holder ? (surely.get(attemptKeyText(piece.holder)) ?? null) : null;
      spend.push({ ...piece, host: host.name, confidence });
    }
    if (stretches.length > 0) activity.push(...utilizationNow(until, host, now));
  }
  return { periods, spend, activity };
}

function byHost(attempts: readonly Attempt[]): Map<string, AttemptHolding[]> {
  const hosts = new Map<string, AttemptHolding[]>();
  for (const attempt of attempts) {
    for (const host of attempt.hosts) {
      const known = hosts.get(host);
      if (known) known.push({ attempt });
      else hosts.set(host, [{ attempt }]);
    }
  }
  return hosts;
}

function endedAtLeast(attempt: Attempt, { until, knownUntil }: OpenInput): Attempt {
  if (attempt.end !== null) return attempt;
  return { ...attempt, end: Math.max(attempt.start, Math.min(until, knownUntil(attempt))) };
}

function burnsStill(attempt: Attempt, { at, knownUntil }: OpenInput): boolean {
  return attempt.end !== null || at - knownUntil(attempt) <= RATE_OUTLIVES_FEED_MS;
}

function openSpanOf({ estate, closed, spans, hostUntil }: OpenHours, host: string): Interval | null {
  const existence = existenceOf(estate.hosts.get(host)!.host, spans.get(host)?.firstHeld ?? null);
  if (!existence) return null;
  const start = Math.max(closed.get(host)?.until ?? hourStart(existence.start), existence.start);
  const until = hostUntil(host);
  const end = Math.min(until, existence.end ?? until);
  return start < end ? { start, end } : null;
}

/** The earliest instant that any host's open ledger needs attempts from. */
export function openSince(hours: OpenHours): Instant {
  const starts = [...hours.estate.hosts.keys()].map((host) => openSpanOf(hours, host)?.start ?? hours.until);
  return Math.min(hours.until, ...starts);
}
