-- A latest version that shares time with the span is among all versions that do, so only their attempts are looked up.
SELECT
  deployment, flow, run, step, task, attempt, start_at, end_at, end_source, outcome, is_clone, hosts,
  held_gpus, held_vcpus, held_memory, held_source, confidence, last_sign
FROM (
  SELECT * FROM attempts
  WHERE load_id <= {asOf:UInt64} AND (deployment, flow, run, step, task, attempt) IN (
    SELECT deployment, flow, run, step, task, attempt FROM attempts
    WHERE load_id <= {asOf:UInt64} AND start_at < {to:Int64} AND (end_at IS NULL OR end_at > {from:Int64})
      AND hasAny(hosts, {hosts:Array(String)})
  )
  ORDER BY deployment, flow, run, step, task, attempt, load_id DESC
  LIMIT 1 BY deployment, flow, run, step, task, attempt
)
WHERE start_at < {to:Int64} AND (end_at IS NULL OR end_at > {from:Int64})
  AND hasAny(hosts, {hosts:Array(String)}) AND NOT is_clone
ORDER BY start_at, deployment, flow, run, step, task, attempt
