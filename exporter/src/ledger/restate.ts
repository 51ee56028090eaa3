import type { Attempt } from '../facts/attempt';
import { HOUR_MS, type Instant, type Interval, hoursTouching, overlap } from '../units/interval';

/** One host's hour. */
export type HostHour = { readonly host: string; readonly hour: Instant };

/** From when to when a host's ledger is closed. */
export type Closed = { readonly from: Instant; readonly until: Instant };

/**
 * The closed host-hours in which a changed attempt holds otherwise than before; `before` undefined means it is new.
 * Nothing comes back for a change that moves no money (a later last sign of an open attempt, say).
 */
export function hoursToRestate(
  before: Attempt | undefined,
  after: Attempt,
  closed: ReadonlyMap<string, Closed>,
): HostHour[] {
  const hosts = new Set([...(before?.hosts ?? []), ...after.hosts]);
  return [...hosts].flatMap((host) => {
    const range = closed.get(host);
    if (!range) return [];
    return changedSpans(before, after, host)
      .map((span) => overlap(span, { start: range.from, end: range.until }))
      .flatMap((span) => (span ? hoursTouching(span) : []))
      .map(({ start }) => ({ host, hour: start }));
  });
}

/** The spans in which the share held on one host changes; open attempts reach beyond every closed hour. */
function changedSpans(before: Attempt | undefined, after: Attempt, host: string): Interval[] {
  const old = before ? heldOn(before, host) : null;
  const now = heldOn(after, host);
  if (!old || !now) return [old ?? now].filter((span) => span !== null);
  if (!sameShare(before!, after)) return [old, now];
  return [
    { start: Math.min(old.start, now.start), end: Math.max(old.start, now.start) },
    { start: Math.min(old.end, now.end), end: Math.max(old.end, now.end) },
  ];
}

function heldOn({ hosts, start, end, isClone, held }: Attempt, host: string): Interval | null {
  if (isClone || held === null || !hosts.includes(host)) return null;
  return { start, end: end ?? Number.MAX_SAFE_INTEGER - HOUR_MS };
}

function sameShare(a: Attempt, b: Attempt): boolean {
  return a.held!.gpus === b.held!.gpus && a.held!.vcpus === b.held!.vcpus && a.held!.memory === b.held!.memory;
}
