SELECT
  host, period_start, period_end, per_hour, rung, rate_card, explanation, split_policy,
  if(sum(priced) = 0, NULL, sum(toDecimal256(amount, 12))) AS net_amount,
  sum(capacity_weight) AS net_capacity_weight,
  sum(gpu_time) AS net_gpu_time,
  sum(toDecimal256(workload_amount, 12)) AS net_workload_amount,
  sum(workload_gpu_time) AS net_workload_gpu_time,
  sum(toDecimal256(unattributed_amount, 12)) AS net_unattributed_amount,
  arrayMap(entry -> (entry.1, entry.3, entry.4), arrayFilter(entry -> entry.2 <> 0, [
    ('no_work', sum(no_work_pieces), sum(toDecimal256(no_work_amount, 12)), sum(no_work_gpu_time)),
    ('beside_work', sum(beside_work_pieces), sum(toDecimal256(beside_work_amount, 12)), sum(beside_work_gpu_time)),
    ('startup', sum(startup_pieces), sum(toDecimal256(startup_amount, 12)), sum(startup_gpu_time)),
    ('tail', sum(tail_pieces), sum(toDecimal256(tail_amount, 12)), sum(tail_gpu_time)),
    ('gap', sum(gap_pieces), sum(toDecimal256(gap_amount, 12)), sum(gap_gpu_time))
  ])) AS idle
FROM origin_charges
WHERE load_id <= {asOf:UInt64}
  AND period_start >= {from:Int64} AND period_start < {to:Int64}
  AND (empty({hosts:Array(String)}) OR has({hosts:Array(String)}, host))
  AND ({afterStart:Nullable(Int64)} IS NULL
    OR (period_start, host) > (assumeNotNull({afterStart:Nullable(Int64)}), {afterHost:String}))
GROUP BY host, period_start, period_end, per_hour, rung, rate_card, explanation, split_policy
HAVING sum(rows) <> 0
ORDER BY period_start, host
LIMIT {limit:UInt32}
