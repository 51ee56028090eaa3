SELECT name, argMax(content_hash, load_id) AS content
FROM hosts
WHERE name IN {names:Array(String)}
GROUP BY name
