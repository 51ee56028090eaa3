-- The negation of what stands for the host-hours that this load closes again.
INSERT INTO origin_charges (
  load_id, host, hour_start, period_start, period_end, amount, per_hour, rung, rate_card, explanation, split_policy,
  capacity_weight, gpu_time, workload_amount, workload_gpu_time, unattributed_amount,
  no_work_pieces, no_work_amount, no_work_gpu_time,
  beside_work_pieces, beside_work_amount, beside_work_gpu_time,
  startup_pieces, startup_amount, startup_gpu_time,
  tail_pieces, tail_amount, tail_gpu_time,
  gap_pieces, gap_amount, gap_gpu_time,
  priced, rows
)
SELECT
  {load:UInt64} AS load_id,
  o.host,
  o.hour_start,
  o.period_start,
  o.period_end,
  toDecimal128(-sum(toDecimal256(o.amount, 12)), 12) AS amount,
  o.per_hour,
  o.rung,
  o.rate_card,
  o.explanation,
  o.split_policy,
  -sum(o.capacity_weight) AS capacity_weight,
  -sum(o.gpu_time) AS gpu_time,
  toDecimal128(-sum(toDecimal256(o.workload_amount, 12)), 12) AS workload_amount,
  -sum(o.workload_gpu_time) AS workload_gpu_time,
  toDecimal128(-sum(toDecimal256(o.unattributed_amount, 12)), 12) AS unattributed_amount,
  toInt32(-sum(o.no_work_pieces)) AS no_work_pieces,
  toDecimal128(-sum(toDecimal256(o.no_work_amount, 12)), 12) AS no_work_amount,
  -sum(o.no_work_gpu_time) AS no_work_gpu_time,
  toInt32(-sum(o.beside_work_pieces)) AS beside_work_pieces,
  toDecimal128(-sum(toDecimal256(o.beside_work_amount, 12)), 12) AS beside_work_amount,
  -sum(o.beside_work_gpu_time) AS beside_work_gpu_time,
  toInt32(-sum(o.startup_pieces)) AS startup_pieces,
  toDecimal128(-sum(toDecimal256(o.startup_amount, 12)), 12) AS startup_amount,
  -sum(o.startup_gpu_time) AS startup_gpu_time,
  toInt32(-sum(o.tail_pieces)) AS tail_pieces,
  toDecimal128(-sum(toDecimal256(o.tail_amount, 12)), 12) AS tail_amount,
  -sum(o.tail_gpu_time) AS tail_gpu_time,
  toInt32(-sum(o.gap_pieces)) AS gap_pieces,
  toDecimal128(-sum(toDecimal256(o.gap_amount, 12)), 12) AS gap_amount,
  -sum(o.gap_gpu_time) AS gap_gpu_time,
  toInt8(-sum(o.priced)) AS priced,
  toInt8(-sum(o.rows)) AS rows
FROM origin_charges AS o
WHERE o.load_id < {load:UInt64}
  AND o.hour_start BETWEEN {firstHour:Int64} AND {lastHour:Int64}
  AND (o.host, o.hour_start) IN (SELECT host, hour_start FROM closings WHERE load_id = {load:UInt64})
GROUP BY
  o.host, o.hour_start, o.period_start, o.period_end,
  o.per_hour, o.rung, o.rate_card, o.explanation, o.split_policy
HAVING sum(o.rows) <> 0
