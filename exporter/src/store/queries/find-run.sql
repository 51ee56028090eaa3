SELECT
  deployment, flow, run, started_at, ended_at, outcome, user, tags, system_tags, runtime, variant_id, variant_method,
  config, fingerprint, team, project, cost_center, experiment, model_version, uncharged_attempts, lost_attempts
FROM runs
WHERE load_id <= {asOf:UInt64} AND flow = {flow:String} AND run = {run:String}
  AND ({deployment:Nullable(String)} IS NULL OR deployment = {deployment:Nullable(String)})
ORDER BY deployment, load_id DESC
LIMIT 1 BY deployment
