-- The pod that ran an attempt; all null where none is known, `pod_uid` where only its name is.
ALTER TABLE attempts
  ADD COLUMN IF NOT EXISTS pod_uid Nullable(String) DEFAULT NULL AFTER last_sign,
  ADD COLUMN IF NOT EXISTS pod_namespace LowCardinality(Nullable(String)) DEFAULT NULL AFTER pod_uid,
  ADD COLUMN IF NOT EXISTS pod_name Nullable(String) DEFAULT NULL AFTER pod_namespace;
