-- First the attempts whose latest version was on one of the hosts inside the span, then those versions themselves.
SELECT
  deployment, flow, run, step, task, attempt, start_at, end_at, end_source, outcome, is_clone, hosts,
  held_gpus, held_vcpus, held_memory, held_source, confidence, last_sign,
  pod_uid, pod_namespace, pod_name
FROM attempts
WHERE (deployment, flow, run, step, task, attempt, load_id) IN (
  SELECT deployment, flow, run, step, task, attempt, load_id
  FROM attempt_hosts
  WHERE host IN {hosts:Array(String)}
    AND start_at < {to:Int64} AND (end_at IS NULL OR end_at > {from:Int64})
    AND (attempt_id, load_id) IN (
      SELECT attempt_id, max(load_id)
      FROM attempt_hosts
      WHERE load_id <= {asOf:UInt64} AND host IN {hosts:Array(String)}
      GROUP BY host, attempt_id
      HAVING argMax(
        present AND start_at < {to:Int64} AND (end_at IS NULL OR end_at > {from:Int64}),
        load_id
      )
    )
)
ORDER BY start_at, deployment, flow, run, step, task, attempt
