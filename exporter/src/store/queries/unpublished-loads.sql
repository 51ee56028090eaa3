-- Loads that were staged but never published: the process died, or a stage failed.
SELECT DISTINCT load_id FROM
(
  SELECT load_id FROM runs UNION ALL SELECT load_id FROM attempts UNION ALL SELECT load_id FROM attempt_hosts
  UNION ALL SELECT load_id FROM hosts UNION ALL SELECT load_id FROM closings
  UNION ALL SELECT load_id FROM origin_charges UNION ALL SELECT load_id FROM allocated_charges
  UNION ALL SELECT load_id FROM issues
)
WHERE load_id NOT IN (SELECT load_id FROM loads)
