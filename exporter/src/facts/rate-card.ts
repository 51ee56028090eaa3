import type { Decimal } from '../units/decimal';
import type { Instant } from '../units/interval';

/** What a rate card can be about, most specific first. */
export const CARD_LEVELS = ['host', 'pool', 'instance_type', 'gpu_model', 'provider'] as const;
export type CardLevel = (typeof CARD_LEVELS)[number];

/** What the hardware itself costs: bought and amortized by the month, or leased. */
export type CardCapital =
  | {
      readonly kind: 'capex';
      readonly capex: Decimal;
      readonly residual: Decimal;
      readonly months: number;
      /** What remains of the capex part once `months` have passed since the card's `from`. */
      readonly afterAmortization: 'zero' | 'keep';
    }
  | { readonly kind: 'lease'; readonly perMonth: Decimal };

/** What its power costs: kilowatts drawn × power usage effectiveness × price of a kilowatt-hour. */
export type CardPower = { readonly kw: Decimal; readonly pue: Decimal; readonly pricePerKwh: Decimal };

/** How a rate card makes its price; every amount is for one whole host unless it is named per GPU. */
export type CardTerms =
  | { readonly kind: 'per_hour'; readonly perHour: Decimal }
  | { readonly kind: 'per_gpu_hour'; readonly perGpuHour: Decimal }
  | {
      readonly kind: 'fully_loaded';
      readonly capital: CardCapital | null;
      readonly power: CardPower | null;
      readonly facilityPerMonth: Decimal | null;
      readonly supportPerMonth: Decimal | null;
    };

/** The user's dated price for one host, pool, instance type, GPU model or provider, in the ledger's currency. */
export type RateCard = {
  readonly name: string;
  readonly level: CardLevel;
  /** The host's name, the pool's name, … that the card applies to. */
  readonly value: string;
  /** Null: since ever. */
  readonly from: Instant | null;
  /** Null: no end is known. */
  readonly to: Instant | null;
  readonly terms: CardTerms;
};

/** The user's dated factor on a provider's on-demand list prices. */
export type Discount = {
  readonly provider: string;
  /** Null: every instance type of the provider. */
  readonly instanceType: string | null;
  /** Null: the region of the price list alone; a named region takes the list's price × factor as its own. */
  readonly region: string | null;
  readonly factor: Decimal;
  readonly from: Instant | null;
  readonly to: Instant | null;
};
