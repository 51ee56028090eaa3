import { z } from 'zod';

/** How a run or an attempt ended, or that it has not. */
export const outcome = z.enum(['running', 'succeeded', 'failed', 'killed', 'lost', 'unknown']).meta({ id: 'Outcome' });

/** How much of a cost is real: the weakest of its parts. */
export const costState = z
  .enum(['estimated', 'partially_billed', 'billed', 'final', 'restated'])
  .meta({ id: 'CostState' });

/** Which evidence gave an attempt's end. */
export const endSource = z
  .enum([
    'pod',
    'job',
    'scheduler',
    'attempt_ok',
    'attempt_done',
    'runtime_file',
    'next_start',
    'heartbeat',
    'run_heartbeat',
    'last_record',
    'open',
  ])
  .meta({ id: 'EndSource' });

/** How surely an attempt is tied to what it held. */
export const confidence = z
  .enum(['exact', 'strong', 'shared', 'estimated', 'declared', 'none'])
  .meta({ id: 'Confidence' });

/** Where it is known from what an attempt held: a pod's or job's own record, configuration, or the flow's code. */
export const heldSource = z.enum(['allocation', 'holdings', 'graph_info']).meta({ id: 'HeldSource' });

/** The price ladder, most trusted first. */
export const rung = z
  .enum(['billed', 'rate_card', 'override', 'spot', 'learned', 'list', 'unpriced'])
  .meta({ id: 'Rung' });

/** Why capacity was held by nobody. */
export const idleCause = z.enum(['no_work', 'beside_work', 'startup', 'tail', 'gap']).meta({ id: 'IdleCause' });

/** The closed list of issue codes. */
export const issueCode = z
  .enum([
    'unreadable_file',
    'bad_json',
    'missing_field',
    'bad_value',
    'missing_blob',
    'refused_pickle',
    'oversized_blob',
    'no_resources',
    'no_host',
    'unknown_host',
    'gpus_on_gpuless_host',
    'over_requested_host',
    'unpriced_host',
    'held_outside_host',
    'orphaned_deployment',
    'feed_failed',
    'broken_invariant',
    'clock_skew',
    'duplicate_record',
    'missing_allow_list',
    'gpu_count_conflict',
    'unmatched_pod',
    'bad_sample',
    'unknown_unit',
    'unknown_gpu_host',
  ])
  .meta({ id: 'IssueCode' });
