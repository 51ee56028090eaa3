import { z } from 'zod';
import type { FieldPath, Report } from './fault';
import { count, currency, duration, listenAddress, text } from './scalars';
import { notYet, readBy, strictMap } from './section';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const SPLIT_POLICIES_TO_COME = ['opencost', 'scad-9-1', 'datadog-95-3-2', 'even'];

/** How the hosts' cost is split among who held them. */
export type SplitPolicy = 'gpu-first';

const storeUrl = text.transform((url, context) => {
  const isHttp = /^https?:\/\//.test(url) && URL.canParse(url);
  if (isHttp || /^chdb:./.test(url)) return url;
  const params = { remedy: 'Write chdb:./data for the embedded store, or http(s)://host:8123 of a ClickHouse server.' };
  context.issues.push({ code: 'custom', message: 'is not a store', params, input: url });
  return z.NEVER;
});

const splitPolicy = z.string().transform((name, context): SplitPolicy => {
  if (name === 'gpu-first') return name;
  const isToCome = SPLIT_POLICIES_TO_COME.includes(name);
  const message = isToCome ? 'does not work yet' : 'is not a split policy';
  context.issues.push({ code: 'custom', message, params: { remedy: 'Write gpu-first.' }, input: name });
  return z.NEVER;
});

const schemas = {
  ledger: strictMap({ currency: currency.default('USD') }),
  server: strictMap({
    listen: listenAddress.default({ host: '127.0.0.1', port: 9715 }),
    tokens_file: text.optional(),
    web_config: text.optional(),
  }),
  store: strictMap({ url: storeUrl.default('chdb:./data') }),
  cycles: strictMap({
    live: duration(1, HOUR).default(5 * SECOND),
    close_delay: duration(0, DAY).default(600 * SECOND),
  }),
  metrics: strictMap({
    max_runs: count(1, 1_000_000).default(5000),
    finished_ttl: duration(SECOND, 365 * DAY).default(10 * DAY),
  }),
} as const;

/** The names of the sections of plain settings. */
export type SectionName = keyof typeof schemas;
/** The settings of a section, defaults filled in. */
export type Section<Name extends SectionName> = z.output<(typeof schemas)[Name]>;

/** Reads a section of plain settings; an absent or empty one is its defaults, and so is a faulty one once reported. */
export function readSection<Name extends SectionName>(
  name: Name,
  at: { value: unknown; report: Report },
): Section<Name> {
  const path: FieldPath = [name];
  const value = at.value === undefined || at.value === '' ? {} : at.value;
  const schema = schemas[name] as unknown as z.ZodType<Section<Name>>;
  return readBy(schema, { value, path, report: at.report }) ?? schema.parse({});
}

/** Reads `split_policy`; `gpu-first` where it is not set. */
export function readSplitPolicy(at: { value: unknown; report: Report }): SplitPolicy {
  return readBy(splitPolicy.default('gpu-first'), { ...at, path: ['split_policy'] }) ?? 'gpu-first';
}

const anything = z.unknown().optional();

/** The keys at the top of the document; what stands below each is read apart. */
export const topSchema = strictMap({
  ledger: anything,
  server: anything,
  store: anything,
  cycles: anything,
  feeds: anything,
  rate_cards: anything,
  discounts: anything,
  hosts: anything,
  holdings: anything,
  dimensions: anything,
  split_policy: anything,
  metrics: anything,
  fx_rates: notYet('dated exchange rates arrive with the billing feeds'),
  budgets: anything,
  queues: notYet('queues arrive with the Batch feed'),
});
