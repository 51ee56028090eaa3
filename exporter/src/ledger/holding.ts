import { type Attempt, compareAttemptKeys } from '../facts/attempt';
import { type Instant, type Interval, overlap } from '../units/interval';

/** GPUs seen active on a host; `devices` are their indices where UUID evidence exists. */
export type Activity = {
  readonly during: Interval;
  readonly activeGpus: number;
  readonly devices?: readonly number[] | null;
};

/** An attempt on a host, with the devices it held where UUID evidence exists. */
export type AttemptHolding = { readonly attempt: Attempt; readonly devices?: readonly number[] | null };

/** A holding cut to a span; only these weigh. */
export type ActiveHolding = AttemptHolding & { readonly during: Interval };

/**
 * The holdings that hold something inside `span`, in tie order.
 * Clones, attempts of no length and attempts of unknown resources hold nothing; open ones hold to the span's end.
 */
export function holdingsWithin(span: Interval, holdings: readonly AttemptHolding[]): ActiveHolding[] {
  const active: ActiveHolding[] = [];
  for (const holding of holdings) {
    const { attempt } = holding;
    if (attempt.isClone || attempt.held === null) continue;
    const during = overlap(span, { start: attempt.start, end: attempt.end ?? span.end });
    if (during) active.push({ ...holding, during });
  }
  return active.sort((a, b) => compareAttemptKeys(a.attempt.key, b.attempt.key));
}

/** Every instant inside a span at which somebody starts or stops holding, or activity changes. */
export function bordersOf(holdings: readonly ActiveHolding[], activity: readonly Activity[]): Instant[] {
  return [...holdings, ...activity].flatMap(({ during }) => [during.start, during.end]);
}
