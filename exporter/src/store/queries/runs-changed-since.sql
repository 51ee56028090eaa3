-- Runs with a version after `after` that are recent, or were before it: a reader keeps or drops each.
SELECT
  deployment, flow, run, started_at, ended_at, outcome, user, tags, system_tags, runtime, variant_id, variant_method,
  config, fingerprint, team, project, cost_center, experiment, model_version, uncharged_attempts, lost_attempts
FROM runs
WHERE (deployment, flow, run, load_id) IN (
  SELECT deployment, flow, run, max(r.load_id)
  FROM runs AS r
  WHERE load_id <= {asOf:UInt64} AND (deployment, flow, run) IN (
      SELECT deployment, flow, run FROM runs WHERE load_id > {after:UInt64} AND load_id <= {asOf:UInt64}
    )
  GROUP BY deployment, flow, run
  HAVING argMax(ifNull(r.ended_at >= {since:Int64}, true), r.load_id)
    OR argMaxIf(ifNull(r.ended_at >= {since:Int64}, true), r.load_id, r.load_id <= {after:UInt64})
)
ORDER BY started_at DESC, deployment, flow, run
