SELECT host, max(hour_end) AS closed_until
FROM closings
WHERE load_id <= {asOf:UInt64}
GROUP BY host
ORDER BY host
