SELECT host, hour_start, argMax(content_hash, load_id) AS content
FROM closings
WHERE host IN {hosts:Array(String)} AND hour_start BETWEEN {firstHour:Int64} AND {lastHour:Int64}
GROUP BY host, hour_start
