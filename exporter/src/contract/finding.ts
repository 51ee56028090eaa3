import { z } from 'zod';

/** The closed list of checks, in the order in which they are told. */
export const CHECKS = [
  'configuration',
  'server',
  'cycle',
  'invariants',
  'example_data',
  'feed_failed',
  'feed_empty',
  'feed_stale',
  'allow_list',
  'gpu_telemetry',
  'gpu_hosts',
  'prices',
  'run_resources',
  'run_hosts',
  'lost_attempts',
  'unattributed_burn',
  'warm_endpoints',
  'unmatched_pods',
  'clock_skew',
  'scrape_interval',
  'series_cap',
  'budgets',
  'other_issues',
] as const;

/** What one check found: that all is well, or what is wrong and what to paste or do. */
export const finding = z
  .strictObject({
    check: z.enum(CHECKS),
    status: z.enum(['ok', 'warn', 'fail']),
    feed: z.string().nullable().describe('The feed it is about, where it is about one.'),
    detail: z.string(),
    fix: z.string().nullable().describe('What to do, or to paste; null where all is well.'),
  })
  .meta({ id: 'Finding' });

export type Finding = z.infer<typeof finding>;
