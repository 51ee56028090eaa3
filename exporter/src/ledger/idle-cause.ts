import type { IdleCause } from '../facts/charge';
import type { Instant, Interval } from '../units/interval';

/** What decides why a host's capacity is idle. */
export type IdleContext = {
  /** Start of the first holding ever on the host; null when there was none. */
  readonly firstHeld: Instant | null;
  /** End of the last holding when none is open. */
  readonly lastHeld: Instant | null;
  /** The host's known end. */
  readonly hostEnd: Instant | null;
  /** True when no attempt holds anything in the whole charge period. */
  readonly periodUnheld: boolean;
};

/** Why capacity is idle over one elementary interval (DESIGN §5); `heldBeside` says that somebody holds meanwhile. */
export function idleCauseOf(during: Interval, heldBeside: number, context: IdleContext): IdleCause {
  if (context.periodUnheld) return 'no_work';
  if (heldBeside > 0) return 'beside_work';
  if (context.firstHeld !== null && during.end <= context.firstHeld) return 'startup';
  const ended = context.lastHeld !== null && during.start >= context.lastHeld;
  return ended && context.hostEnd !== null ? 'tail' : 'gap';
}
