SELECT code, feed, file, line, column, field, value, reason, remedy, count
FROM (
  SELECT * FROM issues WHERE load_id <= {asOf:UInt64}
  ORDER BY place, load_id DESC
  LIMIT 1 BY place
)
WHERE count > 0
ORDER BY feed, code, file, line, column, field, value, place
LIMIT {limit:UInt32} OFFSET {offset:UInt64}
