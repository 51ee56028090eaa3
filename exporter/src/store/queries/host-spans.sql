SELECT
  host,
  min(span.1) AS first_held,
  if(countIf(span.2 IS NULL) > 0, NULL, max(span.2)) AS last_held
FROM (
  SELECT argMax((start_at, end_at, hosts, NOT is_clone AND held_gpus IS NOT NULL), load_id) AS span
  FROM attempts
  WHERE load_id <= {asOf:UInt64}
  GROUP BY deployment, flow, run, step, task, attempt
)
ARRAY JOIN span.3 AS host
WHERE span.4 AND ifNull(span.2 > span.1, true)
GROUP BY host
ORDER BY host
