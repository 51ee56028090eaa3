SELECT place, argMax(content_hash, load_id) AS content
FROM issues
WHERE place IN {places:Array(String)}
GROUP BY place
