import type { Instant } from '../units/interval';

/** Where a price comes from, most trusted first (DESIGN §5, the price ladder). */
export type Rung = 'billed' | 'rate_card' | 'override' | 'spot' | 'learned' | 'list' | 'unpriced';

/** One host's price over `[start, end)`; `end` null means open. */
export type PriceSpan = {
  readonly host: string;
  readonly start: Instant | null;
  readonly end: Instant | null;
  /** Dollars an hour for the whole host, 10⁻¹²; null only on rung `unpriced`. */
  readonly perHour: bigint | null;
  readonly rung: Rung;
  /** The rate card's name where the rung is one of the user's. */
  readonly rateCard: string | null;
  /** One sentence with the arithmetic, for receipts and people. */
  readonly explanation: string;
};
