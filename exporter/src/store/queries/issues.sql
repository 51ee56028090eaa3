SELECT code, feed, file, line, column, field, value, reason, remedy, count
FROM (
  SELECT * FROM issues WHERE load_id <= {asOf:UInt64}
  ORDER BY place, load_id DESC
  LIMIT 1 BY place
)
WHERE count > 0
  AND ({feed:Nullable(String)} IS NULL OR (
    feed, toString(code), isNull(file), ifNull(file, ''), isNull(line), ifNull(line, 0), isNull(column),
    ifNull(column, 0), isNull(field), ifNull(field, ''), isNull(value), ifNull(value, '')
  ) > (
    assumeNotNull({feed:Nullable(String)}), {code:String},
    isNull({file:Nullable(String)}), ifNull({file:Nullable(String)}, ''),
    isNull({line:Nullable(Int64)}), ifNull({line:Nullable(Int64)}, 0), isNull({column:Nullable(Int64)}),
    ifNull({column:Nullable(Int64)}, 0), isNull({field:Nullable(String)}), ifNull({field:Nullable(String)}, ''),
    isNull({value:Nullable(String)}), ifNull({value:Nullable(String)}, '')
  ))
ORDER BY feed, code, file, line, column, field, value
LIMIT {limit:UInt32}
