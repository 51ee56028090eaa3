-- Versions of a fact differ in load_id; of the versions a reader may see, the latest stands.
-- Times are UTC milliseconds. `search` holds flow, run, user and tags in lower case.
CREATE TABLE IF NOT EXISTS runs (
  load_id UInt64,
  deployment LowCardinality(String),
  flow LowCardinality(String),
  run String,
  started_at Int64,
  ended_at Nullable(Int64),
  outcome LowCardinality(String),
  user Nullable(String),
  tags Array(String),
  system_tags Array(String),
  runtime Nullable(String),
  variant_id Nullable(String),
  variant_method LowCardinality(Nullable(String)),
  config Nullable(String),
  fingerprint String,
  team LowCardinality(Nullable(String)),
  project LowCardinality(Nullable(String)),
  cost_center LowCardinality(Nullable(String)),
  experiment LowCardinality(Nullable(String)),
  model_version LowCardinality(Nullable(String)),
  uncharged_attempts UInt32,
  lost_attempts UInt32,
  search Array(String),
  content_hash String,
  INDEX by_load load_id TYPE minmax GRANULARITY 1
) ENGINE = MergeTree ORDER BY (deployment, flow, run, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
  max_suspicious_broken_parts = 0, max_suspicious_broken_parts_bytes = 0;

-- held_* are 10⁻⁹ GPUs, 10⁻³ vCPUs and bytes; all null where nothing says what the attempt held.
CREATE TABLE IF NOT EXISTS attempts (
  load_id UInt64,
  deployment LowCardinality(String),
  flow LowCardinality(String),
  run String,
  step LowCardinality(String),
  task String,
  attempt UInt32,
  start_at Int64,
  end_at Nullable(Int64),
  end_source LowCardinality(String),
  outcome LowCardinality(String),
  is_clone Bool,
  hosts Array(LowCardinality(String)),
  held_gpus Nullable(Int64),
  held_vcpus Nullable(Int64),
  held_memory Nullable(Int64),
  held_source LowCardinality(Nullable(String)),
  confidence LowCardinality(String),
  last_sign Int64,
  content_hash String,
  INDEX by_load load_id TYPE minmax GRANULARITY 1
) ENGINE = MergeTree ORDER BY (deployment, flow, run, step, task, attempt, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
  max_suspicious_broken_parts = 0, max_suspicious_broken_parts_bytes = 0;

-- Where attempts were, narrow and by host, so that "what was on these hosts" need not read every attempt.
-- One row for each host of an attempt's version; `present` is false for clones and where a version leaves a host.
-- `attempt_id` is 128 bits of SHA-256 over the attempt's key: grouping by six texts is several times slower.
CREATE TABLE IF NOT EXISTS attempt_hosts (
  load_id UInt64,
  host LowCardinality(String),
  attempt_id UInt128,
  deployment LowCardinality(String),
  flow LowCardinality(String),
  run String,
  step LowCardinality(String),
  task String,
  attempt UInt32,
  start_at Int64,
  end_at Nullable(Int64),
  present Bool,
  held Bool,
  INDEX by_load load_id TYPE minmax GRANULARITY 1
) ENGINE = MergeTree ORDER BY (host, attempt_id, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
  max_suspicious_broken_parts = 0, max_suspicious_broken_parts_bytes = 0;
