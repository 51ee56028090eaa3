SELECT deployment, flow, count() AS run_count, max(started) AS last_started_at
FROM (
  SELECT deployment, flow, argMax(started_at, load_id) AS started
  FROM runs
  WHERE load_id <= {asOf:UInt64} AND flow <> ''
    AND ({deployment:Nullable(String)} IS NULL OR deployment = {deployment:Nullable(String)})
    AND ({q:Nullable(String)} IS NULL OR position(lowerUTF8(flow), assumeNotNull({q:Nullable(String)})) > 0)
    AND ({afterDeployment:Nullable(String)} IS NULL
      OR (deployment, flow) > (assumeNotNull({afterDeployment:Nullable(String)}), {afterFlow:String}))
  GROUP BY deployment, flow, run
)
GROUP BY deployment, flow
ORDER BY deployment, flow
LIMIT {limit:UInt32}
