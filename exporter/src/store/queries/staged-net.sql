-- What would stand, after this load, for the host-hours that it closes.
SELECT
  origin.charges AS origin_charges,
  origin.amount AS origin_amount,
  allocated.charges AS allocated_charges,
  allocated.amount AS allocated_amount
FROM
  (
    SELECT sum(toInt64(rows)) AS charges, sum(toDecimal256(amount, 12)) AS amount FROM origin_charges
    WHERE hour_start BETWEEN {firstHour:Int64} AND {lastHour:Int64}
      AND (host, hour_start) IN (SELECT host, hour_start FROM closings WHERE load_id = {load:UInt64})
  ) AS origin,
  (
    SELECT sum(toInt64(rows)) AS charges, sum(toDecimal256(amount, 12)) AS amount FROM allocated_charges
    WHERE hour_start BETWEEN {firstHour:Int64} AND {lastHour:Int64}
      AND (host, hour_start) IN (SELECT host, hour_start FROM closings WHERE load_id = {load:UInt64})
  ) AS allocated
