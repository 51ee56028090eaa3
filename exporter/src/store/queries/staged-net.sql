-- What would stand, after this load, for the host-hours that it closes.
SELECT
  origin.charges AS origin_charges,
  origin.amount AS origin_amount,
  allocated.charges AS allocated_charges,
  allocated.amount AS allocated_amount,
  allocated.used AS used,
  allocated.workload_idle AS workload_idle,
  allocated.busy AS busy,
  allocated.energy AS energy,
  allocated.observed AS observed,
  allocated.metered AS metered
FROM
  (
    SELECT sum(toInt64(rows)) AS charges, sum(toDecimal256(amount, 12)) AS amount FROM origin_charges
    WHERE hour_start BETWEEN {firstHour:Int64} AND {lastHour:Int64}
      AND (host, hour_start) IN (SELECT host, hour_start FROM closings WHERE load_id = {load:UInt64})
  ) AS origin,
  (
    SELECT
      sum(toInt64(rows)) AS charges,
      sum(toDecimal256(p.amount, 12)) AS amount,
      sum(p.used_gpu_time) AS used,
      sum(p.workload_idle_gpu_time) AS workload_idle,
      sum(p.busy_gpu_time) AS busy,
      sum(p.energy_mj) AS energy,
      sum(toInt64(p.observed)) AS observed,
      sum(toInt64(p.metered)) AS metered
    FROM allocated_charges AS p
    WHERE hour_start BETWEEN {firstHour:Int64} AND {lastHour:Int64}
      AND (host, hour_start) IN (SELECT host, hour_start FROM closings WHERE load_id = {load:UInt64})
  ) AS allocated
