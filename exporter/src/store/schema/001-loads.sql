-- One row a published load. Inserting it is the act that publishes: rows of a load that is not here do not exist.
CREATE TABLE IF NOT EXISTS loads (
  load_id UInt64,
  key String,
  content_hash String,
  at Int64,
  run_rows UInt64,
  attempt_rows UInt64,
  attempt_host_rows UInt64,
  closing_rows UInt64,
  origin_charge_rows UInt64,
  allocated_charge_rows UInt64,
  issue_rows UInt64,
  origin_amount Decimal(76, 12),
  allocated_amount Decimal(76, 12)
) ENGINE = MergeTree ORDER BY (key, load_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1,
  max_suspicious_broken_parts = 0, max_suspicious_broken_parts_bytes = 0;
