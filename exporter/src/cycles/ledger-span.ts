import type { Attempt } from '../facts/attempt';
import type { HostSpan, LoadId, Store } from '../store/store';
import { remember } from './remember';
import type { Instant } from '../units/interval';

/** When a host first and last held something; `lastHeld` null while something is open. */
export type HeldSpan = { readonly firstHeld: Instant; readonly lastHeld: Instant | null };

/** Held spans by host of the store as of a load; asked once a load. */
export type SpansAt = (asOf: LoadId) => Promise<ReadonlyMap<string, HeldSpan>>;

/** Reads {@link SpansAt} from a store. */
export function spansReader(store: Store): SpansAt {
  return remember(async (asOf: LoadId) => new Map((await store.hostSpans(asOf)).map((span) => [span.host, span])));
}

/** Held spans of the store, widened by attempts that it does not count: those that are about to be stored. */
export function heldSpans(stored: readonly HostSpan[], fresh: readonly Attempt[]): Map<string, HeldSpan> {
  const spans = new Map<string, HeldSpan>(stored.map((span) => [span.host, span]));
  for (const { hosts, start, end, isClone, held } of fresh) {
    if (isClone || held === null || end === start) continue;
    for (const host of hosts) spans.set(host, widen(spans.get(host), { firstHeld: start, lastHeld: end }));
  }
  return spans;
}

function widen(known: HeldSpan | undefined, added: HeldSpan): HeldSpan {
  if (!known) return added;
  const open = known.lastHeld === null || added.lastHeld === null;
  return {
    firstHeld: Math.min(known.firstHeld, added.firstHeld),
    lastHeld: open ? null : Math.max(known.lastHeld, added.lastHeld),
  };
}
