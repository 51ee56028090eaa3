import { z } from 'zod';
import { CARD_LEVELS, type CardCapital, type CardTerms, type Discount, type RateCard } from '../facts/rate-card';
import { compareDecimals } from './decimal-order';
import type { FieldPath, Report } from './fault';
import * as scalars from './scalars';
import { keysOf, readBy, strictMap } from './section';

const { amount, factor, instant, pue, text } = scalars;

const LOADED_KEYS = [
  'capex',
  'residual',
  'months',
  'lease_per_month',
  'power_kw',
  'pue',
  'price_per_kwh',
  'facility_per_month',
  'support_per_month',
  'after_amortization',
] as const;
const POWER_KEYS = ['power_kw', 'pue', 'price_per_kwh'] as const;
const CAPEX_KEYS = ['residual', 'months', 'after_amortization'] as const;

const cardSchema = strictMap({
  name: text,
  applies_to: strictMap(
    Object.fromEntries(CARD_LEVELS.map((level) => [level, text.optional()])) as Record<
      (typeof CARD_LEVELS)[number],
      z.ZodOptional<typeof text>
    >,
  ),
  from: instant.optional(),
  to: instant.optional(),
  price_per_hour: amount.optional(),
  price_per_gpu_hour: amount.optional(),
  capex: amount.optional(),
  residual: amount.optional(),
  months: scalars.count(1, 600).optional(),
  lease_per_month: amount.optional(),
  power_kw: amount.optional(),
  pue: pue.optional(),
  price_per_kwh: amount.optional(),
  facility_per_month: amount.optional(),
  support_per_month: amount.optional(),
  after_amortization: z.enum(['zero', 'keep']).optional(),
});
type RawCard = z.output<typeof cardSchema>;

const discountSchema = strictMap({
  provider: text,
  instance_type: text.optional(),
  region: text.optional(),
  factor,
  from: instant.optional(),
  to: instant.optional(),
});

type Place = { readonly value: unknown; readonly path: FieldPath; readonly report: Report };

/** Reads one rate card; null when something is wrong with it. */
export function readRateCard(place: Place): RateCard | null {
  const isSound = [checkLevel(place), checkForm(place)].every(Boolean);
  const raw = readBy(cardSchema, place);
  if (!raw || !checkValues(raw, place) || !isSound) return null;
  const [level] = CARD_LEVELS.filter((known) => raw.applies_to[known] !== undefined);
  const { from = null, to = null } = raw;
  return { name: raw.name, level: level!, value: raw.applies_to[level!]!, from, to, terms: termsOf(raw) };
}

/** Reads one discount; null when something is wrong with it. */
export function readDiscount(place: Place): Discount | null {
  const raw = readBy(discountSchema, place);
  if (!raw || !checkDates(raw, place)) return null;
  const { provider, instance_type: instanceType = null, region = null, from = null, to = null } = raw;
  return { provider, instanceType, region, factor: raw.factor, from, to };
}

/** Reports an end that is not after its beginning. */
export function checkDates(
  dates: { from?: number | undefined; to?: number | undefined },
  at: Omit<Place, 'value'>,
): boolean {
  if (dates.from === undefined || dates.to === undefined || dates.from < dates.to) return true;
  at.report({
    path: [...at.path, 'to'],
    reason: 'is not after from',
    remedy: 'A period begins at from and ends before to; leave to out while no end is known.',
  });
  return false;
}

function checkLevel({ value, path, report }: Place): boolean {
  const appliesTo = keysOf(value).applies_to;
  if (appliesTo === undefined || Object.keys(keysOf(appliesTo)).length === 1) return true;
  const remedy = `Name one of ${CARD_LEVELS.join(', ')}, e.g. {host: gpu-01}.`;
  report({ path: [...path, 'applies_to'], atKey: true, reason: 'must name exactly one thing', remedy });
  return false;
}

/** What a card is priced by, judged by the keys it has, so that a bad value hides no other fault. */
function checkForm({ value, path, report }: Place): boolean {
  const keys = Object.keys(keysOf(value));
  const has = (key: string): boolean => keys.includes(key);
  const before = { count: 0 };
  const say = (key: string, reason: string, remedy: string): void => {
    before.count += 1;
    report({ path: key === '' ? path : [...path, key], atKey: true, reason, remedy });
  };
  const simple = ['price_per_hour', 'price_per_gpu_hour'].filter(has);
  const loaded = LOADED_KEYS.filter(has);
  const [first, second] = simple;
  if (second) say(second, `cannot stand beside ${first}`, 'Keep one of them.');
  if (first && loaded.length > 0) {
    say(
      loaded[0]!,
      `cannot stand beside ${first}`,
      `Keep ${first} alone, or remove it to build the price from its parts.`,
    );
  }
  if (!first && !['capex', 'lease_per_month', ...POWER_KEYS, 'facility_per_month', 'support_per_month'].some(has)) {
    say('', 'has no price', 'Add price_per_hour, price_per_gpu_hour, or capex and months.');
  }
  if (has('capex') && has('lease_per_month')) say('lease_per_month', 'cannot stand beside capex', 'Keep one of them.');
  if (has('capex') && !has('months'))
    say('capex', 'has no months', 'Add months: the months over which it is amortized.');
  for (const key of CAPEX_KEYS.filter(has)) if (!has('capex')) say(key, 'has no capex', 'Add capex or remove it.');
  const missing = POWER_KEYS.filter((key) => !has(key));
  if (missing.length > 0 && missing.length < POWER_KEYS.length) {
    say(POWER_KEYS.find(has)!, `needs ${missing.join(' and ')} beside it`, 'Power costs kW × PUE × price per kWh.');
  }
  return before.count === 0;
}

function checkValues(raw: RawCard, { path, report }: Place): boolean {
  const areDatesSound = checkDates(raw, { path, report });
  const { capex, residual, after_amortization: after, from } = raw;
  const isResidualSound = !capex || !residual || compareDecimals(residual, capex) <= 0;
  if (!isResidualSound) {
    report({
      path: [...path, 'residual'],
      reason: 'is more than capex',
      remedy: 'It is what the machine is worth at the end.',
    });
  }
  const isEndKnown = after !== 'zero' || from !== undefined;
  if (!isEndKnown) {
    const reason = 'needs from: without it nobody knows when the months are over';
    report({ path: [...path, 'after_amortization'], reason, remedy: 'Add from, or write keep.' });
  }
  return areDatesSound && isResidualSound && isEndKnown;
}

function termsOf(raw: RawCard): CardTerms {
  if (raw.price_per_hour) return { kind: 'per_hour', perHour: raw.price_per_hour };
  if (raw.price_per_gpu_hour) return { kind: 'per_gpu_hour', perGpuHour: raw.price_per_gpu_hour };
  const { power_kw: kw, pue: usage, price_per_kwh: pricePerKwh } = raw;
  return {
    kind: 'fully_loaded',
    capital: capitalOf(raw),
    power: kw && usage && pricePerKwh ? { kw, pue: usage, pricePerKwh } : null,
    facilityPerMonth: raw.facility_per_month ?? null,
    supportPerMonth: raw.support_per_month ?? null,
  };
}

function capitalOf({
  capex,
  residual,
  months,
  lease_per_month: perMonth,
  after_amortization: after,
}: RawCard): CardCapital | null {
  if (perMonth) return { kind: 'lease', perMonth };
  if (!capex || months === undefined) return null;
  return {
    kind: 'capex',
    capex,
    residual: residual ?? { digits: 0n, scale: 0 },
    months,
    afterAmortization: after ?? 'keep',
  };
}
