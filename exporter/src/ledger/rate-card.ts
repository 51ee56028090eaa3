import type { CardCapital, CardTerms, RateCard } from '../facts/rate-card';
import { type Decimal, printDecimal } from '../units/decimal';
import type { Instant } from '../units/interval';
import { printAmount } from '../units/money-text';
import type { NanoGpus } from '../units/quantity';
import { amountOf, type Fraction, fractionOf, productOf, quotientOf, sumOf } from './rate-card-fraction';

/** Hours in a month of a rate card: the field's convention, and the only place where a month is a number of hours. */
export const HOURS_PER_CARD_MONTH = 730n;

/** One part of a rate card's price an hour for the whole host, rounded for people; the total is rounded apart. */
export type CardTerm = {
  readonly name: 'price' | 'capex' | 'lease' | 'power' | 'facility' | 'support';
  /** How it is made, e.g. `120000 ÷ (36 months × 730 h)`. */
  readonly arithmetic: string;
  /** 10⁻¹², half-even. */
  readonly perHour: bigint;
};

/** A rate card's price for one whole host: the exact total rounded once, half-even at scale 12. */
export type CardPrice = {
  readonly perHour: bigint;
  readonly terms: readonly CardTerm[];
  /** The terms and the total in one phrase. */
  readonly arithmetic: string;
};

/** A rate card's price over `[start, end)`; null is open. */
export type CardPriceSpan = CardPrice & { readonly start: Instant | null; readonly end: Instant | null };

type ExactTerm = { readonly name: CardTerm['name']; readonly arithmetic: string; readonly exact: Fraction };

/** Prices one host of `gpus` by a card's terms; `isAmortized` says that the months of its capex are over. */
export function cardPrice(
  terms: CardTerms,
  host: { readonly gpus: NanoGpus; readonly isAmortized: boolean },
): CardPrice {
  const exact = exactTerms(terms, host);
  const rounded = exact.map(({ name, arithmetic, exact: value }) => ({ name, arithmetic, perHour: amountOf(value) }));
  const perHour = amountOf(sumOf(exact.map((term) => term.exact)));
  return { perHour, terms: rounded, arithmetic: phraseOf(rounded, perHour) };
}

/** The card's price over its dates: one span, or two where the capex part ends within them. */
export function cardPriceSpans({ from, to, terms }: RateCard, gpus: NanoGpus): CardPriceSpan[] {
  const amortizedAt = amortizationEnd(terms, from);
  const before = cardPrice(terms, { gpus, isAmortized: false });
  if (amortizedAt === null || (to !== null && to <= amortizedAt)) return [{ start: from, end: to, ...before }];
  return [
    { start: from, end: amortizedAt, ...before },
    { start: amortizedAt, end: to, ...cardPrice(terms, { gpus, isAmortized: true }) },
  ];
}

/** The same day and time `months` later in UTC; a day that the month lacks becomes its last one. */
export function addCalendarMonths(instant: Instant, months: number): Instant {
  const date = new Date(instant);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return Date.UTC(year, month, Math.min(date.getUTCDate(), lastDay)) + (instant - midnight);
}

function amortizationEnd(terms: CardTerms, from: Instant | null): Instant | null {
  if (terms.kind !== 'fully_loaded' || terms.capital?.kind !== 'capex' || from === null) return null;
  return terms.capital.afterAmortization === 'zero' ? addCalendarMonths(from, terms.capital.months) : null;
}

function exactTerms(terms: CardTerms, { gpus, isAmortized }: { gpus: NanoGpus; isAmortized: boolean }): ExactTerm[] {
  if (terms.kind === 'per_hour') {
    return [{ name: 'price', arithmetic: `${printDecimal(terms.perHour)} per host`, exact: fractionOf(terms.perHour) }];
  }
  if (terms.kind === 'per_gpu_hour') {
    const count: Decimal = { digits: gpus, scale: 9 };
    const arithmetic = `${printDecimal(terms.perGpuHour)} per GPU × ${printDecimal(count)} GPUs`;
    return [{ name: 'price', arithmetic, exact: productOf(terms.perGpuHour, count) }];
  }
  const { capital, power, facilityPerMonth, supportPerMonth } = terms;
  const parts: ExactTerm[] = [];
  if (capital) parts.push(isAmortized && capital.kind === 'capex' ? amortizedTerm(capital) : capitalTerm(capital));
  if (power) {
    const arithmetic = `${printDecimal(power.kw)} kW × ${printDecimal(power.pue)} × ${printDecimal(power.pricePerKwh)}`;
    parts.push({ name: 'power', arithmetic, exact: productOf(power.kw, power.pue, power.pricePerKwh) });
  }
  if (facilityPerMonth) parts.push(monthlyTerm('facility', facilityPerMonth));
  if (supportPerMonth) parts.push(monthlyTerm('support', supportPerMonth));
  return parts;
}

function amortizedTerm({ months }: { readonly months: number }): ExactTerm {
  return { name: 'capex', arithmetic: `0, amortized after ${months} months`, exact: sumOf([]) };
}

function capitalTerm(capital: CardCapital): ExactTerm {
  if (capital.kind === 'lease') return monthlyTerm('lease', capital.perMonth);
  const { capex, residual, months } = capital;
  const negative = { digits: -residual.digits, scale: residual.scale };
  const exact = quotientOf(sumOf([fractionOf(capex), fractionOf(negative)]), BigInt(months) * HOURS_PER_CARD_MONTH);
  const less = residual.digits === 0n ? printDecimal(capex) : `(${printDecimal(capex)} − ${printDecimal(residual)})`;
  return { name: 'capex', arithmetic: `${less} ÷ (${months} months × ${HOURS_PER_CARD_MONTH} h)`, exact };
}

function monthlyTerm(name: CardTerm['name'], perMonth: Decimal): ExactTerm {
  return {
    name,
    arithmetic: `${printDecimal(perMonth)} ÷ ${HOURS_PER_CARD_MONTH} h`,
    exact: quotientOf(fractionOf(perMonth), HOURS_PER_CARD_MONTH),
  };
}

function phraseOf(terms: readonly CardTerm[], perHour: bigint): string {
  const parts = terms.map(({ name, arithmetic }) => (name === 'price' ? arithmetic : `${name} ${arithmetic}`));
  return `${parts.join(' + ')} = ${printAmount(perHour)}`;
}
