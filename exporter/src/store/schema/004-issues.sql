-- `place` is a hash over code, feed, file, line, column, field and value; of its versions the latest stands.
CREATE TABLE IF NOT EXISTS issues (
  load_id UInt64,
  place String,
  code LowCardinality(String),
  feed LowCardinality(String),
  file Nullable(String),
  line Nullable(Int64),
  column Nullable(Int64),
  field Nullable(String),
  value Nullable(String),
  reason String,
  remedy String,
  count Int64,
  content_hash String,
  INDEX by_load load_id TYPE minmax GRANULARITY 1
) ENGINE = MergeTree ORDER BY (place, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
  max_suspicious_broken_parts = 0, max_suspicious_broken_parts_bytes = 0;
