SELECT
  deployment, flow, run, started_at, ended_at, outcome, user, tags, system_tags, runtime, variant_id, variant_method,
  config, fingerprint, team, project, cost_center, experiment, model_version, uncharged_attempts, lost_attempts
FROM runs
WHERE (deployment, flow, run, load_id) IN (
  SELECT deployment, flow, run, max(load_id) FROM runs WHERE load_id <= {asOf:UInt64} GROUP BY deployment, flow, run
)
  AND (ended_at IS NULL OR ended_at >= {since:Int64})
ORDER BY started_at DESC, deployment, flow, run
