-- What a load has in every table; the same is recorded when it is published.
SELECT
  (SELECT count() FROM runs WHERE load_id = {load:UInt64}) AS run_rows,
  (SELECT count() FROM attempts WHERE load_id = {load:UInt64}) AS attempt_rows,
  (SELECT count() FROM attempt_hosts WHERE load_id = {load:UInt64}) AS attempt_host_rows,
  (SELECT count() FROM hosts WHERE load_id = {load:UInt64}) AS host_rows,
  (SELECT count() FROM closings WHERE load_id = {load:UInt64}) AS closing_rows,
  (SELECT count() FROM issues WHERE load_id = {load:UInt64}) AS issue_rows,
  origin.charges AS origin_charge_rows,
  origin.amount AS origin_amount,
  allocated.charges AS allocated_charge_rows,
  allocated.amount AS allocated_amount
FROM
  (
    SELECT count() AS charges, sum(toDecimal256(amount, 12)) AS amount
    FROM origin_charges WHERE load_id = {load:UInt64}
  ) AS origin,
  (
    SELECT count() AS charges, sum(toDecimal256(amount, 12)) AS amount
    FROM allocated_charges WHERE load_id = {load:UInt64}
  ) AS allocated
