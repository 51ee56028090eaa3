-- What is charged in a window, by how surely its attempt is tied to it and by what its run is labelled at that load.
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
  c.kind AS of_kind,
  if(c.kind = 'unattributed', NULL, if(t.confidence = '', 'none', t.confidence)) AS of_confidence,
  toBool(c.kind = 'workload' AND c.flow = '') AS is_workload,
  toBool(l.has_team) AS with_team,
  toBool(l.has_project) AS with_project,
  sum(c.amount) AS charge,
  sum(c.held) AS held_gpu_time,
  sum(c.observed) AS observed_gpu_time
FROM charged AS c
LEFT JOIN told AS t ON t.deployment = c.deployment AND t.flow = c.flow AND t.run = c.run
  AND t.step = c.step AND t.task = c.task AND t.attempt = c.attempt
LEFT JOIN labels AS l ON l.deployment = c.deployment AND l.flow = c.flow AND l.run = c.run
GROUP BY of_kind, of_confidence, is_workload, with_team, with_project
ORDER BY of_kind DESC, of_confidence, is_workload, with_team, with_project
