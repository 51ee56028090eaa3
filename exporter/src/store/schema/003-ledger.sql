-- The ledger is only ever added to. Closing a host-hour again writes the negation of its net rows and then the new
-- ones, so every reader sums and keeps what has Σ rows <> 0. An unpriced amount is 0 with priced 0, and is read as
-- null.
CREATE TABLE IF NOT EXISTS closings (
  load_id UInt64,
  host LowCardinality(String),
  hour_start Int64,
  hour_end Int64,
  pricing_hash String,
  content_hash String,
  INDEX by_load load_id TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(hour_start, 'UTC'))
ORDER BY (host, hour_start, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
  max_suspicious_broken_parts = 0, max_suspicious_broken_parts_bytes = 0;

-- Sums of the pieces by kind and cause stand beside each charge, so that idle views read this table alone.
CREATE TABLE IF NOT EXISTS origin_charges (
  load_id UInt64,
  host LowCardinality(String),
  hour_start Int64,
  period_start Int64,
  period_end Int64,
  amount Decimal(38, 12),
  per_hour Nullable(Decimal(38, 12)),
  rung LowCardinality(String),
  rate_card Nullable(String),
  explanation String,
  split_policy LowCardinality(String),
  capacity_weight Int128,
  gpu_time Int128,
  workload_amount Decimal(38, 12),
  workload_gpu_time Int128,
  unattributed_amount Decimal(38, 12),
  no_work_pieces Int32,
  no_work_amount Decimal(38, 12),
  no_work_gpu_time Int128,
  beside_work_pieces Int32,
  beside_work_amount Decimal(38, 12),
  beside_work_gpu_time Int128,
  startup_pieces Int32,
  startup_amount Decimal(38, 12),
  startup_gpu_time Int128,
  tail_pieces Int32,
  tail_amount Decimal(38, 12),
  tail_gpu_time Int128,
  gap_pieces Int32,
  gap_amount Decimal(38, 12),
  gap_gpu_time Int128,
  priced Int8,
  rows Int8,
  INDEX by_load load_id TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(hour_start, 'UTC'))
ORDER BY (host, period_start, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
  max_suspicious_broken_parts = 0, max_suspicious_broken_parts_bytes = 0;

-- Pieces of idle and unattributed have empty holder columns; `kind` alone says so. `team` is the run's at closing.
CREATE TABLE IF NOT EXISTS allocated_charges (
  load_id UInt64,
  host LowCardinality(String),
  hour_start Int64,
  period_start Int64,
  period_end Int64,
  kind LowCardinality(String),
  cause LowCardinality(Nullable(String)),
  deployment LowCardinality(String),
  flow LowCardinality(String),
  run String,
  step LowCardinality(String),
  task String,
  attempt UInt32,
  team LowCardinality(Nullable(String)),
  rung LowCardinality(String),
  amount Decimal(38, 12),
  weight Int128,
  held_ms Int64,
  held_start Int64,
  held_end Int64,
  gpu_time Int128,
  priced Int8,
  rows Int8,
  INDEX by_load load_id TYPE minmax GRANULARITY 1,
  INDEX by_period period_start TYPE minmax GRANULARITY 1
) ENGINE = MergeTree PARTITION BY toYYYYMM(fromUnixTimestamp64Milli(hour_start, 'UTC'))
ORDER BY (deployment, flow, run, step, task, attempt, period_start, host, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
  max_suspicious_broken_parts = 0, max_suspicious_broken_parts_bytes = 0;
