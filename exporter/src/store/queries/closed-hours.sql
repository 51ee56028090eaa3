SELECT hour_start, argMax(pricing_hash, load_id) AS pricing
FROM closings
WHERE load_id <= {asOf:UInt64} AND host = {host:String} AND hour_start >= {from:Int64} AND hour_start < {to:Int64}
GROUP BY hour_start
ORDER BY hour_start
