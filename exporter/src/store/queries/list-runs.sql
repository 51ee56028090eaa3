SELECT
  deployment, flow, run, started_at, ended_at, outcome, user, tags, system_tags, runtime, variant_id, variant_method,
  config, fingerprint, team, project, cost_center, experiment, model_version, uncharged_attempts, lost_attempts
FROM runs
WHERE (deployment, flow, run, load_id) IN (
  SELECT deployment, flow, run, version FROM (
    SELECT
      deployment, flow, run, max(r.load_id) AS version,
      argMax(r.started_at, r.load_id) AS started,
      argMax(
        ({q:Nullable(String)} IS NULL
            OR arrayExists(text -> position(text, assumeNotNull({q:Nullable(String)})) > 0, r.search))
          AND ({ofTeams:UInt8} = 0 OR has({teams:Array(String)}, ifNull(toString(r.team), '')))
          AND ({outcome:Nullable(String)} IS NULL OR r.outcome = {outcome:Nullable(String)})
          AND ({experiment:Nullable(String)} IS NULL OR r.experiment = {experiment:Nullable(String)}),
        r.load_id
      ) AS wanted
    FROM runs AS r
    WHERE load_id <= {asOf:UInt64} AND flow <> ''
      AND ({deployment:Nullable(String)} IS NULL OR deployment = {deployment:Nullable(String)})
      AND ({flow:Nullable(String)} IS NULL OR flow = {flow:Nullable(String)})
    GROUP BY deployment, flow, run
  )
  WHERE wanted
    AND ({from:Nullable(Int64)} IS NULL OR started >= {from:Nullable(Int64)})
    AND ({to:Nullable(Int64)} IS NULL OR started < {to:Nullable(Int64)})
    AND ({afterStart:Nullable(Int64)} IS NULL
      OR (-started, deployment, flow, run)
        > (
          -assumeNotNull({afterStart:Nullable(Int64)}), {afterDeployment:String}, {afterFlow:String}, {afterRun:String}
        ))
  ORDER BY started DESC, deployment, flow, run
  LIMIT {limit:UInt32}
)
ORDER BY started_at DESC, deployment, flow, run
