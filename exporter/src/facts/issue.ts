/** The closed list of issue codes. */
export const ISSUE_CODES = [
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
] as const;
/** One of {@link ISSUE_CODES}. */
export type IssueCode = (typeof ISSUE_CODES)[number];

/** The place of an issue that lies in no file, and happened once. */
export const NOWHERE = { file: null, line: null, column: null, field: null, value: null, count: 1 } as const;

/** A rejected or doubtful fact: where it is, what is wrong, what to do. Unknown places are null. */
export type Issue = {
  readonly code: IssueCode;
  readonly feed: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly field: string | null;
  readonly value: string | null;
  readonly reason: string;
  readonly remedy: string;
  readonly count: number;
};
