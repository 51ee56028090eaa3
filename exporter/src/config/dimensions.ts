import { z } from 'zod';
import type { DimensionRule, DimensionRules, ValueMap } from '../facts/dimension-rule';
import { DIMENSIONS } from '../facts/run';
import { DEFAULT_DIMENSION_RULES, TOKEN_TAG } from '../ledger/dimensions';
import type { FieldPath, Report } from './fault';
import { text } from './scalars';
import { itemsOf, keysOf, readBy, strictMap } from './section';

const SOURCES = ['tag', 'system_tag', 'user', 'config'] as const;

const tagName = text.refine((name) => name === '' || (!name.includes(':') && name !== TOKEN_TAG), {
  params: { remedy: 'Write the part of a tag before its first colon; production: tokens are never shown.' },
  error: 'is not a tag name that may be shown',
});
const valueMap = z.record(z.string(), text);

const ruleSchema = strictMap({
  tag: tagName.optional(),
  system_tag: tagName.optional(),
  user: valueMap.optional(),
  config: text.optional(),
  map: valueMap.optional(),
});
const sectionSchema = strictMap(
  Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, z.unknown().optional()])) as Record<
    (typeof DIMENSIONS)[number],
    z.ZodOptional<z.ZodUnknown>
  >,
);

type Place = { readonly value: unknown; readonly path: FieldPath; readonly report: Report };

/** Reads the section `dimensions`; a dimension that is not set keeps its default rules, an empty list has none. */
export function readDimensions({ value, report }: { value: unknown; report: Report }): DimensionRules {
  readBy(sectionSchema, { value: value === undefined || value === '' ? {} : value, path: ['dimensions'], report });
  const lists = keysOf(value);
  const rules = DIMENSIONS.map((dimension) => {
    const path = ['dimensions', dimension];
    if (lists[dimension] === undefined) return [dimension, DEFAULT_DIMENSION_RULES[dimension]] as const;
    const items = itemsOf({ value: lists[dimension], path, report });
    return [dimension, items.flatMap((item) => readRule({ ...item, report }) ?? [])] as const;
  });
  return Object.fromEntries(rules) as DimensionRules;
}

function readRule(place: Place): DimensionRule | null {
  const { path, report } = place;
  const keys = keysOf(place.value);
  const sources = SOURCES.filter((source) => source in keys);
  const raw = readBy(ruleSchema, place);
  if (raw !== null && sources.length !== 1) {
    const remedy = `Write one of ${SOURCES.join(', ')}, e.g. {tag: team}.`;
    report({ path, reason: 'must look in exactly one place', remedy });
    return null;
  }
  if (raw?.user && raw.map) {
    report({ path: [...path, 'map'], atKey: true, reason: 'cannot stand beside user', remedy: 'Put it under user.' });
    return null;
  }
  return raw && ruleOf(raw);
}

function ruleOf(raw: z.output<typeof ruleSchema>): DimensionRule {
  const map: ValueMap = raw.map ?? null;
  if (raw.tag !== undefined) return { from: 'tag', name: raw.tag, map };
  if (raw.system_tag !== undefined) return { from: 'system_tag', name: raw.system_tag, map };
  if (raw.config !== undefined) return { from: 'config', path: raw.config.split('.'), map };
  return { from: 'user', map: raw.user ?? {} };
}
