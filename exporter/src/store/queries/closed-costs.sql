SELECT
  deployment, flow, run,
  sumIf(toDecimal256(amount, 12), rung <> 'billed') AS estimated,
  sumIf(toDecimal256(amount, 12), rung = 'billed') AS billed,
  sum(if(priced <> 0, held_ms, 0)) AS priced_ms,
  sum(if(priced <> 0, 0, held_ms)) AS unpriced_ms,
  sum(gpu_time) AS held_gpu_time,
  sum(p.used_gpu_time) AS used_gpu_time,
  sum(p.workload_idle_gpu_time) AS workload_idle_gpu_time,
  if(sum(metered) = 0, NULL, sum(p.energy_mj)) AS energy_mj
FROM allocated_charges AS p
WHERE load_id <= {asOf:UInt64} AND kind = 'workload' AND (deployment, flow, run) IN (
    SELECT d, f, r FROM (SELECT 1)
    ARRAY JOIN {deployments:Array(String)} AS d, {flows:Array(String)} AS f, {runs:Array(String)} AS r
  )
GROUP BY deployment, flow, run
HAVING sum(rows) <> 0
ORDER BY deployment, flow, run
