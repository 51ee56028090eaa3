-- Hosts that feeds saw; of the versions of a name that a reader may see, the latest stands.
-- `gpus` are 10⁻⁹ GPUs, `vcpus` 10⁻³ vCPUs, `memory` bytes, times UTC milliseconds.
CREATE TABLE IF NOT EXISTS hosts (
  load_id UInt64,
  name String,
  feed LowCardinality(String),
  pool Nullable(String),
  provider Nullable(String),
  region Nullable(String),
  zone Nullable(String),
  instance_type Nullable(String),
  capacity_type Nullable(String),
  gpus Int64,
  gpu_model Nullable(String),
  vcpus Nullable(Int64),
  memory Nullable(Int64),
  billing_resource_id Nullable(String),
  internal_ip Nullable(String),
  from_at Nullable(Int64),
  to_at Nullable(Int64),
  content_hash String,
  INDEX by_load load_id TYPE minmax GRANULARITY 1
) ENGINE = MergeTree ORDER BY (name, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
  max_suspicious_broken_parts = 0, max_suspicious_broken_parts_bytes = 0;

ALTER TABLE loads ADD COLUMN IF NOT EXISTS host_rows UInt64 DEFAULT 0 AFTER attempt_host_rows;
