SELECT
  deployment, flow, run, step, task, attempt, start_at, end_at, end_source, outcome, is_clone, hosts,
  held_gpus, held_vcpus, held_memory, held_source, confidence, last_sign,
  pod_uid, pod_namespace, pod_name
FROM attempts
WHERE load_id <= {asOf:UInt64} AND (deployment, flow, run) IN (
    SELECT d, f, r FROM (SELECT 1)
    ARRAY JOIN {deployments:Array(String)} AS d, {flows:Array(String)} AS f, {runs:Array(String)} AS r
  )
ORDER BY deployment, flow, run, step, task, attempt, load_id DESC
LIMIT 1 BY deployment, flow, run, step, task, attempt
