-- What is charged in a window to what is no Metaflow run, to a run without a team, or to nobody; the largest first.
-- Of a run's attempts the one that is tied to it least surely is named.
WITH
  charged AS (
    SELECT
      kind, deployment, flow, run, step, task, attempt, if(kind = 'unattributed', toString(p.host), '') AS host,
      sum(toDecimal256(p.amount, 12)) AS amount,
      sum(p.gpu_time) AS held,
      sum(p.used_gpu_time) + sum(p.workload_idle_gpu_time) AS observed
    FROM allocated_charges AS p
    WHERE load_id <= {asOf:UInt64} AND kind IN ('workload', 'unattributed')
      AND period_start >= {from:Int64} AND period_start < {to:Int64}
    GROUP BY kind, deployment, flow, run, step, task, attempt, host
    HAVING sum(rows) <> 0
  ),
  told AS (
    SELECT
      deployment, flow, run, step, task, attempt, toString(argMax(a.confidence, a.load_id)) AS confidence
    FROM attempts AS a
    WHERE load_id <= {asOf:UInt64} AND (deployment, flow, run) IN (SELECT deployment, flow, run FROM charged)
    GROUP BY deployment, flow, run, step, task, attempt
  ),
  labels AS (
    SELECT
      deployment, flow, run,
      argMax(isNotNull(r.team), r.load_id) AS has_team,
      argMax(isNotNull(r.project), r.load_id) AS has_project
    FROM runs AS r
    WHERE load_id <= {asOf:UInt64} AND (deployment, flow, run) IN (SELECT deployment, flow, run FROM charged)
    GROUP BY deployment, flow, run
  )
SELECT
  c.kind AS of_kind, c.deployment AS of_deployment, c.flow AS of_flow, c.run AS of_run, c.host AS of_host,
  if(c.kind = 'unattributed', NULL, arrayElement(
    {confidences:Array(String)}, max(indexOf({confidences:Array(String)}, if(t.confidence = '', 'none', t.confidence)))
  )) AS least_confidence,
  toBool(any(l.has_team)) AS with_team,
  sum(c.amount) AS charge,
  sum(c.held) AS held_gpu_time
FROM charged AS c
LEFT JOIN told AS t ON t.deployment = c.deployment AND t.flow = c.flow AND t.run = c.run
  AND t.step = c.step AND t.task = c.task AND t.attempt = c.attempt
LEFT JOIN labels AS l ON l.deployment = c.deployment AND l.flow = c.flow AND l.run = c.run
WHERE c.flow = '' OR NOT l.has_team
GROUP BY of_kind, of_deployment, of_flow, of_run, of_host
ORDER BY charge DESC, held_gpu_time DESC, of_kind DESC, of_deployment, of_flow, of_run, of_host
LIMIT {limit:UInt32}
