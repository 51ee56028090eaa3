-- Published loads whose rows or sums are not what was recorded when they were published.
SELECT load_id, of_table, sum(expected) AS expected_rows, sum(found) AS found_rows,
  sum(expected_sum) AS expected_amount, sum(found_sum) AS found_amount
FROM (
  SELECT load_id, entry.1 AS of_table, toInt64(entry.2) AS expected, 0 AS found,
    entry.3 AS expected_sum, toDecimal256(0, 12) AS found_sum
  FROM loads ARRAY JOIN [
    ('runs', run_rows, toDecimal256(0, 12)),
    ('attempts', attempt_rows, toDecimal256(0, 12)),
    ('attempt_hosts', attempt_host_rows, toDecimal256(0, 12)),
    ('hosts', host_rows, toDecimal256(0, 12)),
    ('closings', closing_rows, toDecimal256(0, 12)),
    ('issues', issue_rows, toDecimal256(0, 12)),
    ('origin_charges', origin_charge_rows, origin_amount),
    ('allocated_charges', allocated_charge_rows, allocated_amount)
  ] AS entry
  UNION ALL
  SELECT load_id, 'runs', 0, count(), toDecimal256(0, 12), toDecimal256(0, 12)
  FROM runs GROUP BY load_id
  UNION ALL
  SELECT load_id, 'attempts', 0, count(), toDecimal256(0, 12), toDecimal256(0, 12)
  FROM attempts GROUP BY load_id
  UNION ALL
  SELECT load_id, 'attempt_hosts', 0, count(), toDecimal256(0, 12), toDecimal256(0, 12)
  FROM attempt_hosts GROUP BY load_id
  UNION ALL
  SELECT load_id, 'hosts', 0, count(), toDecimal256(0, 12), toDecimal256(0, 12)
  FROM hosts GROUP BY load_id
  UNION ALL
  SELECT load_id, 'closings', 0, count(), toDecimal256(0, 12), toDecimal256(0, 12)
  FROM closings GROUP BY load_id
  UNION ALL
  SELECT load_id, 'issues', 0, count(), toDecimal256(0, 12), toDecimal256(0, 12)
  FROM issues GROUP BY load_id
  UNION ALL
  SELECT load_id, 'origin_charges', 0, count(), toDecimal256(0, 12), sum(toDecimal256(amount, 12))
  FROM origin_charges GROUP BY load_id
  UNION ALL
  SELECT load_id, 'allocated_charges', 0, count(), toDecimal256(0, 12), sum(toDecimal256(amount, 12))
  FROM allocated_charges GROUP BY load_id
)
WHERE load_id <= {upTo:UInt64}
GROUP BY load_id, of_table
HAVING expected_rows <> found_rows OR expected_amount <> found_amount
ORDER BY load_id, of_table
LIMIT 1
