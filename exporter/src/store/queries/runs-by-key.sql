SELECT
  deployment, flow, run, started_at, ended_at, outcome, user, tags, system_tags, runtime, variant_id, variant_method,
  config, fingerprint, team, project, cost_center, experiment, model_version, uncharged_attempts, lost_attempts
FROM runs
WHERE load_id <= {asOf:UInt64} AND (deployment, flow, run) IN (
    SELECT d, f, r FROM (SELECT 1)
    ARRAY JOIN {deployments:Array(String)} AS d, {flows:Array(String)} AS f, {runs:Array(String)} AS r
  )
ORDER BY deployment, flow, run, load_id DESC
LIMIT 1 BY deployment, flow, run
