import type { DimensionRule, DimensionRules, ValueMap } from '../facts/dimension-rule';
import { DIMENSIONS, type Labels, type PlainValue, type RunRecord } from '../facts/run';
import { compareUtf8 } from '../units/utf8-order';

const tag = (name: string): DimensionRule => ({ from: 'tag', name, map: null });
const systemTag = (name: string): DimensionRule => ({ from: 'system_tag', name, map: null });

/** The rules of every dimension for which the configuration has none. */
export const DEFAULT_DIMENSION_RULES: DimensionRules = {
  team: [tag('team')],
  project: [systemTag('project'), tag('project')],
  cost_center: [tag('cost_center'), tag('cost-center')],
  experiment: [tag('experiment'), tag('exp'), tag('sweep')],
  model_version: [tag('model_version')],
};

/** The tag whose value is a deployment's secret token and never leaves Metaflow. */
export const TOKEN_TAG = 'production';

/** What a feed puts in the place of a secret Config value; it names nobody. */
const REDACTED = '[redacted]';

/** Who a run's cost belongs to: per dimension the first rule that finds something; null where none does. */
export function labelsOf(run: RunRecord, rules: DimensionRules): Labels {
  const found = DIMENSIONS.map((dimension) => [dimension, firstHit(run, rules[dimension])] as const);
  return Object.fromEntries(found) as Labels;
}

function firstHit(run: RunRecord, rules: readonly DimensionRule[]): string | null {
  for (const rule of rules) {
    const value = mapped(valueFor(rule, run), rule.map);
    if (value !== null && value !== '') return value;
  }
  return null;
}

function valueFor(rule: DimensionRule, run: RunRecord): string | null {
  switch (rule.from) {
    case 'tag':
      return tagValue(run.tags, rule.name);
    case 'system_tag':
      return tagValue(run.systemTags, rule.name);
    case 'user':
      return run.user;
    case 'config':
      return configValue(run.config, rule.path);
  }
}

/** Of two tags of one name the first by UTF-8 order stands, in whatever order a service lists them. */
function tagValue(tags: readonly string[], name: string): string | null {
  if (name === TOKEN_TAG) return null;
  const values = tags.filter((text) => text.startsWith(`${name}:`) && text.length > name.length + 1);
  const [first] = values.sort(compareUtf8);
  return first === undefined ? null : first.slice(name.length + 1);
}

function configValue(config: RunRecord['config'], path: readonly string[]): string | null {
  let value: PlainValue | undefined = config;
  for (const key of path) {
    if (value === null || typeof value !== 'object' || Array.isArray(value) || !Object.hasOwn(value, key)) return null;
    value = (value as { readonly [name: string]: PlainValue })[key];
  }
  if (value === null || value === undefined || typeof value === 'object' || value === REDACTED) return null;
  return String(value);
}

function mapped(value: string | null, map: ValueMap): string | null {
  if (value === null || map === null) return value;
  return Object.hasOwn(map, value) ? map[value]! : null;
}
