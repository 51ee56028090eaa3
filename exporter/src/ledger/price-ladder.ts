import type { Host } from '../facts/host';
import type { ListPrice } from '../facts/list-price';
import type { PriceSpan } from '../facts/price';
import { CARD_LEVELS, type CardLevel, type Discount, type RateCard } from '../facts/rate-card';
import { printDecimal } from '../units/decimal';
import type { Instant } from '../units/interval';
import { printAmount } from '../units/money-text';
import { listPriceElsewhere, listPriceOf, type ListPrices } from './list-price';
import { type CardPriceSpan, cardPriceSpans } from './rate-card';
import { amountOf, fractionOf, productOf } from './rate-card-fraction';

/** Everything a price can come from; all amounts are in `currency`. */
export type PriceSources = {
  readonly cards: readonly RateCard[];
  readonly discounts: readonly Discount[];
  readonly listPrices: ListPrices;
  readonly currency: string;
};

type Span = { readonly start: Instant | null; readonly end: Instant | null };
type Price = Omit<PriceSpan, 'host' | 'start' | 'end'>;
type DatedCard = CardPriceSpan & { readonly card: RateCard };

/**
 * A host's price over all time: sorted spans without gap or overlap, the most trusted rung that applies in each.
 * Where nothing applies the rung is `unpriced`, and the explanation says why and what to add.
 */
export function pricesOf(host: Host, sources: PriceSources): PriceSpan[] {
  const cards = cardsOf(host, sources.cards).flatMap((card) =>
    cardPriceSpans(card, host.gpus).map((span) => ({ ...span, card })),
  );
  const discounts = sources.discounts.filter((discount) => discountCovers(discount, host));
  const borders = [
    ...cards.flatMap(({ start, end }) => [start, end]),
    ...discounts.flatMap(({ from, to }) => [from, to]),
  ];
  const spans = spansBetween(borders.filter((border) => border !== null));
  return merged(
    spans.map((span) => ({ host: host.name, ...span, ...priceIn(span, { host, cards, discounts, sources }) })),
  );
}

/** The rate cards that apply to a host, whatever their dates, most specific first. One per GPU needs GPUs. */
export function cardsOf(host: Host, cards: readonly RateCard[]): RateCard[] {
  return cards
    .filter(({ level, value }) => cardFactOf(host, level) === value)
    .filter(({ terms }) => terms.kind !== 'per_gpu_hour' || host.gpus > 0n)
    .sort((a, b) => CARD_LEVELS.indexOf(a.level) - CARD_LEVELS.indexOf(b.level));
}

/** The host's fact that a rate card of this level is compared with. */
export function cardFactOf(host: Host, level: CardLevel): string | null {
  const facts: { readonly [known in CardLevel]: string | null } = {
    host: host.name,
    pool: host.pool,
    instance_type: host.instanceType,
    gpu_model: host.gpuModel,
    provider: host.provider,
  };
  return facts[level];
}

/** True when a discount is about this host's on-demand list price. */
export function discountCovers({ provider, instanceType, region }: Discount, host: Host): boolean {
  const isOnDemand = host.capacityType === null || ['on_demand', 'committed'].includes(host.capacityType);
  if (host.provider !== provider || !isOnDemand) return false;
  return (instanceType === null || instanceType === host.instanceType) && (region === null || region === host.region);
}

type Applying = {
  readonly host: Host;
  readonly cards: readonly DatedCard[];
  readonly discounts: readonly Discount[];
  readonly sources: PriceSources;
};

function priceIn(span: Span, { host, cards, discounts, sources }: Applying): Price {
  const listed = listPriceOf(host, { prices: sources.listPrices, currency: sources.currency });
  const dated = cards.find(({ start, end }) => covers({ start, end }, span));
  if (dated) return cardRung(dated, { listed: 'price' in listed ? listed.price : null, currency: sources.currency });
  const discount = bestDiscount(discounts.filter(({ from, to }) => covers({ start: from, end: to }, span)));
  if ('price' in listed) return listRung(listed.price, discount);
  const elsewhere =
    discount?.region && sources.currency === 'USD' ? listPriceElsewhere(host, sources.listPrices) : null;
  if (elsewhere) return listRung(elsewhere, discount);
  const explanation = `Unpriced: no rate card applies to host ${host.name}, and ${listed.why}. ${listed.remedy}`;
  return { perHour: null, rung: 'unpriced', rateCard: null, explanation };
}

function cardRung(
  { card, perHour, arithmetic }: DatedCard,
  beside: { listed: ListPrice | null; currency: string },
): Price {
  const instead = beside.listed ? `, instead of the list price ${printDecimal(beside.listed.perHour)}` : '';
  return {
    perHour,
    rung: beside.listed ? 'override' : 'rate_card',
    rateCard: card.name,
    explanation: `Rate card ${card.name}: ${arithmetic} ${beside.currency} an hour${instead}.`,
  };
}

function listRung(price: ListPrice, discount: Discount | null): Price {
  const factor = discount?.factor ?? null;
  const perHour = amountOf(factor ? productOf(price.perHour, factor) : fractionOf(price.perHour));
  const kind = price.kind === 'spot' ? 'spot' : 'on-demand';
  const list = `${price.provider} ${kind} list price of ${price.instanceType} in ${price.region} as of ${price.asOf}`;
  const times = factor ? ` × ${printDecimal(factor)} (${discountName(discount!)}) = ${printAmount(perHour)}` : '';
  const explanation = `The ${list}: ${printDecimal(price.perHour)}${times} USD an hour.`;
  return { perHour, rung: 'list', rateCard: null, explanation };
}

function discountName({ instanceType, region }: Discount): string {
  const about = [instanceType, region].filter((part) => part !== null);
  return about.length === 0 ? 'discount' : `discount for ${about.join(' in ')}`;
}

/** An instance type's own discount goes before its provider's, and a region's own before both. */
function bestDiscount(discounts: readonly Discount[]): Discount | null {
  const rank = ({ instanceType, region }: Discount): number =>
    (region === null ? 0 : 2) + (instanceType === null ? 0 : 1);
  return [...discounts].sort((a, b) => rank(b) - rank(a))[0] ?? null;
}

function covers(outer: Span, inner: Span): boolean {
  const startsInTime = outer.start === null || (inner.start !== null && outer.start <= inner.start);
  const lastsLongEnough = outer.end === null || (inner.end !== null && inner.end <= outer.end);
  return startsInTime && lastsLongEnough;
}

function spansBetween(borders: readonly Instant[]): Span[] {
  const edges = [null, ...[...new Set(borders)].sort((a, b) => a - b), null];
  return edges.slice(1).map((end, index) => ({ start: edges[index]!, end }));
}

function merged(spans: readonly PriceSpan[]): PriceSpan[] {
  const out: PriceSpan[] = [];
  for (const span of spans) {
    const last = out.at(-1);
    if (last && isSamePrice(last, span)) out[out.length - 1] = { ...last, end: span.end };
    else out.push(span);
  }
  return out;
}

function isSamePrice(a: PriceSpan, b: PriceSpan): boolean {
  return a.perHour === b.perHour && a.rateCard === b.rateCard && a.explanation === b.explanation;
}
