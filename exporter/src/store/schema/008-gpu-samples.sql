-- GPU samples belong to no load: they only classify held time, so no insert is forced to disk, and a broken part is
-- set aside without a word. Of samples of one device and instant the first to arrive stands: `precedence` falls from
-- row to row, and the highest is kept. They expire 35 days after they arrived, whatever time they speak of.
CREATE TABLE IF NOT EXISTS gpu_samples (
  hour Int64 MATERIALIZED intDiv(at, 3600000),
  host LowCardinality(String),
  uuid String,
  instance LowCardinality(String),
  at Int64,
  precedence UInt64,
  holds_ms UInt32,
  activity_ppm Nullable(UInt32),
  signal LowCardinality(Nullable(String)),
  power_mw Nullable(Int64),
  energy_mj Nullable(Int64),
  pods Array(String),
  model LowCardinality(Nullable(String)),
  profile LowCardinality(Nullable(String)),
  stored_at DateTime MATERIALIZED now()
) ENGINE = ReplacingMergeTree(precedence)
PARTITION BY intDiv(at, 86400000)
ORDER BY (hour, host, uuid, instance, at)
TTL stored_at + INTERVAL 35 DAY
SETTINGS ttl_only_drop_parts = 1,
  max_suspicious_broken_parts = 1000000, max_suspicious_broken_parts_bytes = 1000000000000;

-- One row a process that kept samples: a later one's precedences are lower.
CREATE TABLE IF NOT EXISTS sample_sessions (
  session UInt64
) ENGINE = MergeTree ORDER BY session
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
