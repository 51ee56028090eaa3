-- The negation of what stands for the host-hours that this load closes again.
INSERT INTO allocated_charges (
  load_id, host, hour_start, period_start, period_end, kind, cause,
  deployment, flow, run, step, task, attempt, team, rung, held_start, held_end,
  amount, weight, held_ms, gpu_time,
  used_gpu_time, workload_idle_gpu_time, busy_gpu_time, energy_mj, observed, metered,
  priced, rows
)
SELECT
  {load:UInt64} AS load_id,
  p.host,
  p.hour_start,
  p.period_start,
  p.period_end,
  p.kind,
  p.cause,
  p.deployment,
  p.flow,
  p.run,
  p.step,
  p.task,
  p.attempt,
  p.team,
  p.rung,
  p.held_start,
  p.held_end,
  toDecimal128(-sum(toDecimal256(p.amount, 12)), 12) AS amount,
  -sum(p.weight) AS weight,
  -sum(p.held_ms) AS held_ms,
  -sum(p.gpu_time) AS gpu_time,
  -sum(p.used_gpu_time) AS used_gpu_time,
  -sum(p.workload_idle_gpu_time) AS workload_idle_gpu_time,
  -sum(p.busy_gpu_time) AS busy_gpu_time,
  -sum(p.energy_mj) AS energy_mj,
  toInt8(-sum(p.observed)) AS observed,
  toInt8(-sum(p.metered)) AS metered,
  toInt8(-sum(p.priced)) AS priced,
  toInt8(-sum(p.rows)) AS rows
FROM allocated_charges AS p
WHERE p.load_id < {load:UInt64}
  AND p.hour_start BETWEEN {firstHour:Int64} AND {lastHour:Int64}
  AND (p.host, p.hour_start) IN (SELECT host, hour_start FROM closings WHERE load_id = {load:UInt64})
GROUP BY
  p.host, p.hour_start, p.period_start, p.period_end, p.kind, p.cause,
  p.deployment, p.flow, p.run, p.step, p.task, p.attempt, p.team, p.rung, p.held_start, p.held_end
HAVING sum(p.rows) <> 0
