SELECT
  host, period_start, period_end, kind, cause, deployment, flow, run, step, task, attempt, held_start, held_end,
  if(sum(priced) = 0, NULL, sum(toDecimal256(amount, 12))) AS net_amount,
  sum(weight) AS net_weight,
  sum(held_ms) AS net_held_ms,
  sum(gpu_time) AS net_gpu_time,
  sum(used_gpu_time) AS net_used,
  sum(workload_idle_gpu_time) AS net_workload_idle,
  sum(busy_gpu_time) AS net_busy,
  if(sum(metered) = 0, NULL, sum(energy_mj)) AS net_energy,
  sum(observed) AS net_observed
FROM allocated_charges
WHERE load_id <= {asOf:UInt64} AND host = {host:String}
  AND period_start = {from:Int64} AND period_end = {to:Int64}
GROUP BY
  host, period_start, period_end, kind, cause, deployment, flow, run, step, task, attempt, held_start, held_end
HAVING sum(rows) <> 0
ORDER BY kind = 'workload' DESC, kind = 'unattributed' DESC, deployment, flow, run, step, task, attempt, cause
