SELECT
  kind, cause, team, host, sum(gpu_time) AS net_gpu_time,
  sum(used_gpu_time) AS net_used, sum(workload_idle_gpu_time) AS net_workload_idle
FROM allocated_charges
WHERE load_id <= {asOf:UInt64}
GROUP BY kind, cause, team, host
HAVING sum(rows) <> 0
ORDER BY kind, cause, team, host
