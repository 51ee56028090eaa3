-- Charge periods of the host-hours that this load closes whose pieces do not sum to their origin, whole or by kind.
SELECT host, period_start, sum(origin) AS origin_amount, sum(pieces) AS allocated_amount
FROM
(
  SELECT
    host, period_start, period_end,
    sum(toDecimal256(amount, 12)) AS origin, toDecimal256(0, 12) AS pieces,
    sum(toDecimal256(workload_amount, 12)) AS workload,
    sum(toDecimal256(unattributed_amount, 12)) AS unattributed,
    sum(toDecimal256(no_work_amount, 12)) + sum(toDecimal256(beside_work_amount, 12))
      + sum(toDecimal256(startup_amount, 12)) + sum(toDecimal256(tail_amount, 12))
      + sum(toDecimal256(gap_amount, 12)) AS idle,
    sum(toInt64(rows)) AS origins, sum(toInt64(priced)) AS priced_origins
  FROM origin_charges
  WHERE hour_start BETWEEN {firstHour:Int64} AND {lastHour:Int64}
    AND (host, hour_start) IN (SELECT host, hour_start FROM closings WHERE load_id = {load:UInt64})
  GROUP BY host, period_start, period_end
  UNION ALL
  SELECT
    host, period_start, period_end,
    toDecimal256(0, 12), sum(toDecimal256(amount, 12)),
    -sumIf(toDecimal256(amount, 12), kind = 'workload'),
    -sumIf(toDecimal256(amount, 12), kind = 'unattributed'),
    -sumIf(toDecimal256(amount, 12), kind = 'idle'),
    0, 0
  FROM allocated_charges
  WHERE hour_start BETWEEN {firstHour:Int64} AND {lastHour:Int64}
    AND (host, hour_start) IN (SELECT host, hour_start FROM closings WHERE load_id = {load:UInt64})
  GROUP BY host, period_start, period_end
)
GROUP BY host, period_start, period_end
HAVING sum(origin) <> sum(pieces) OR sum(workload) <> 0 OR sum(unattributed) <> 0 OR sum(idle) <> 0
  OR sum(origins) NOT IN (0, 1) OR sum(priced_origins) NOT IN (0, 1)
ORDER BY host, period_start
LIMIT 1
