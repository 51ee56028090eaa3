import { existenceOf } from '../ledger/charge-periods';
import type { Closed, HostHour } from '../ledger/restate';
import type { LoadId, Store } from '../store/store';
import { HOUR_MS, type Instant, hoursTouching, hourStart } from '../units/interval';
import { closeBatch } from './close-batch';
import { contentHash } from './content-hash';
import type { Estate, EstateHost } from './estate';
import type { HeldSpan, SpansAt } from './ledger-span';
import { distinctHours } from './retired-hosts';
import type { Telemetry } from './telemetry';

/** Host-hours in one load; bounds memory, and how much a kill can send back to be done again. */
const HOST_HOURS_PER_LOAD = 5_000;

/** What closing needs beside the ledger's standing. */
export type CloseContext = {
  readonly store: Store;
  readonly estate: Estate;
  readonly at: Instant;
  /** Hours that end at or before this instant may be closed. */
  readonly closableUntil: Instant;
  readonly spansAt: SpansAt;
  readonly telemetry: Telemetry;
};

/** Where the ledger stands: what is closed by host, the load to read the store at, and the last one that closed. */
export type Standing = {
  readonly asOf: LoadId;
  readonly closedAsOf: LoadId;
  readonly closed: ReadonlyMap<string, Closed>;
};

/** The store holds hours that lie in the future: they were closed by a clock that ran ahead. */
export class FutureLedgerError extends Error {
  override readonly name = 'FutureLedgerError';
}

/**
 * What the store holds closed at start-up, and every hour to be closed again: one that was closed under other prices or
 * host facts, or that a killed process left out between hours which it had closed.
 * @throws FutureLedgerError when hours are closed that have not ended yet.
 */
export async function standingOf(
  { store, estate, at }: Pick<CloseContext, 'store' | 'estate' | 'at'>,
  asOf: LoadId,
): Promise<Standing & { stale: HostHour[] }> {
  const until = await store.closedUntil(asOf);
  const closed = new Map<string, Closed>();
  const stale: HostHour[] = [];
  for (const [host, end] of until) {
    if (end > at) throw new FutureLedgerError(futureSentence(host, end, at));
    const hours = await store.closedHours(host, { start: 0, end }, asOf);
    if (hours.length === 0) continue;
    const from = Math.min(...hours.map(({ hour }) => hour));
    closed.set(host, { from, until: end });
    stale.push(...staleHours(hours, { host, from, until: end, known: estate.hosts.get(host) }));
  }
  return { asOf, closedAsOf: asOf, closed, stale };
}

function futureSentence(host: string, end: Instant, at: Instant): string {
  const [until, now] = [new Date(end).toISOString(), new Date(at).toISOString()];
  return (
    `The store holds hours of ${host} closed until ${until}, but it is ${now}. ` +
    'A clock ran ahead (FLOWLEDGER_CLOCK?): set it right, or give store.url a new folder; the feeds fill it again.'
  );
}

type ClosedHost = { host: string; from: Instant; until: Instant; known: EstateHost | undefined };

function staleHours(
  hours: readonly { hour: Instant; pricingHash: string }[],
  { host, from, until, known }: ClosedHost,
): HostHour[] {
  if (!known) return [];
  const hashes = new Map(hours.map(({ hour, pricingHash }) => [hour, pricingHash]));
  return hoursTouching({ start: from, end: until })
    .filter((hour) => hashes.get(hour.start) !== known.pricingHash(hour))
    .map(({ start }) => ({ host, hour: start }));
}

/** The closed hours of hosts that have changed, where they were closed under what no longer holds. */
export async function staleHoursOf(
  { store, estate }: Pick<CloseContext, 'store' | 'estate'>,
  hosts: readonly string[],
  { closed, asOf }: Standing,
): Promise<HostHour[]> {
  const stale: HostHour[] = [];
  for (const host of hosts) {
    const range = closed.get(host);
    if (!range) continue;
    const hours = await store.closedHours(host, { start: range.from, end: range.until }, asOf);
    stale.push(...staleHours(hours, { host, ...range, known: estate.hosts.get(host) }));
  }
  return stale;
}

/** Closes every host-hour that is due, and `again` besides. Doing it twice changes nothing. */
export async function closeHours(
  context: CloseContext,
  standing: Standing,
  again: readonly HostHour[],
): Promise<Standing> {
  const spans = await context.spansAt(standing.asOf);
  const due = distinctHours([...again, ...dueHours(context, standing, spans)]).sort((a, b) => a.hour - b.hour);
  let { asOf, closedAsOf } = standing;
  const closed = new Map(standing.closed);
  for (let first = 0; first < due.length; first += HOST_HOURS_PER_LOAD) {
    const hostHours = due.slice(first, first + HOST_HOURS_PER_LOAD);
    asOf = await closeOneLoad({ context, hostHours, spans, asOf });
    closedAsOf = asOf;
    for (const { host, hour } of hostHours) closed.set(host, widen(closed.get(host), hour));
  }
  return { asOf, closedAsOf, closed };
}

type OneLoad = {
  context: CloseContext;
  hostHours: readonly HostHour[];
  spans: ReadonlyMap<string, HeldSpan>;
  asOf: LoadId;
};

async function closeOneLoad({ context, hostHours, spans, asOf }: OneLoad): Promise<LoadId> {
  const { store, estate, at, telemetry } = context;
  const [start, end] = [hostHours[0]!.hour, hostHours[hostHours.length - 1]!.hour + HOUR_MS];
  const hosts = [...new Set(hostHours.map(({ host }) => host))];
  const attempts = await store.attemptsOnHosts(hosts, { start, end }, asOf);
  const stretches = await telemetry.during(hosts, { start, end });
  const { splitPolicy } = estate;
  const hostIn = ({ host }: HostHour): EstateHost | undefined => estate.hosts.get(host);
  const { closings, issues } = closeBatch({ splitPolicy, hostIn, hostHours, attempts, heldSpans: spans, stretches });
  const { loadId } = await store.publish({
    key: `close:${asOf}:${contentHash(hostHours)}`,
    at,
    runs: [],
    attempts: [],
    closings,
    issues,
  });
  return Math.max(asOf, loadId);
}

/** The hours of each host that ended long enough ago and are not closed yet, before and after those that are. */
function dueHours(
  { estate, closableUntil }: CloseContext,
  { closed }: Standing,
  spans: ReadonlyMap<string, HeldSpan>,
): HostHour[] {
  return [...estate.hosts.values()].flatMap(({ host }) => {
    const existence = existenceOf(host, spans.get(host.name)?.firstHeld ?? null);
    if (!existence) return [];
    const end = Math.min(closableUntil, existence.end ?? closableUntil);
    const known = closed.get(host.name);
    const hours: HostHour[] = [];
    for (let hour = hourStart(existence.start); hour < end && hour + HOUR_MS <= closableUntil; hour += HOUR_MS) {
      if (known && known.from <= hour && hour < known.until) hour = known.until - HOUR_MS;
      else hours.push({ host: host.name, hour });
    }
    return hours;
  });
}

const widen = (known: Closed | undefined, hour: Instant): Closed => ({
  from: Math.min(known?.from ?? hour, hour),
  until: Math.max(known?.until ?? 0, hour + HOUR_MS),
});
