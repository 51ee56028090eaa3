-- What is missing from cost, by the label of the latest version of the run; a gap has no time of its own, so it counts
-- wherever its run started or is charged.
SELECT
  value,
  sum(uncharged) AS uncharged_attempts,
  sum(lost) AS lost_attempts,
  countIf(NOT charged AND NOT uncounted AND flow <> '') AS run_count
FROM (
  SELECT
    flow, started, uncharged, lost, value,
    (deployment, flow, run) IN (
      SELECT deployment, flow, run FROM allocated_charges
      WHERE load_id <= {asOf:UInt64} AND kind = 'workload'
        AND period_start >= {from:Int64} AND period_start < {to:Int64}
      GROUP BY deployment, flow, run
      HAVING sum(rows) <> 0
    ) AS charged,
    (deployment, flow, run) IN (
      SELECT d, f, r FROM (SELECT 1)
      ARRAY JOIN {deployments:Array(String)} AS d, {flows:Array(String)} AS f, {runs:Array(String)} AS r
    ) AS uncounted
  FROM (
    SELECT
      deployment, flow, run,
      argMax(started_at, load_id) AS started,
      argMax(uncharged_attempts, load_id) AS uncharged,
      argMax(lost_attempts, load_id) AS lost,
      tupleElement(argMax(tuple(multiIf(
        {by:String} = 'team', toString(team),
        {by:String} = 'project', toString(project),
        {by:String} = 'cost_center', toString(cost_center),
        {by:String} = 'experiment', toString(experiment),
        {by:String} = 'model_version', toString(model_version),
        NULL
      )), load_id), 1) AS value
    FROM runs
    WHERE load_id <= {asOf:UInt64}
    GROUP BY deployment, flow, run
    HAVING uncharged + lost > 0
  )
)
WHERE charged OR uncounted OR (started >= {from:Int64} AND started < {to:Int64})
GROUP BY value
ORDER BY value
