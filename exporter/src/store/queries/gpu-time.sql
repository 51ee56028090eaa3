SELECT kind, cause, team, host, sum(gpu_time) AS net_gpu_time
FROM allocated_charges
WHERE load_id <= {asOf:UInt64}
GROUP BY kind, cause, team, host
HAVING sum(rows) <> 0
ORDER BY kind, cause, team, host
