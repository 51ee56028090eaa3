SELECT host, min(span.1) AS first_held, if(countIf(span.2 IS NULL) > 0, NULL, max(span.2)) AS last_held
FROM (
  SELECT host, argMax((start_at, end_at, present AND held), load_id) AS span
  FROM attempt_hosts
  WHERE load_id <= {asOf:UInt64}
    AND (deployment, flow, run) NOT IN (
      SELECT d, f, r FROM (SELECT 1)
      ARRAY JOIN {deployments:Array(String)} AS d, {flows:Array(String)} AS f, {runs:Array(String)} AS r
    )
  GROUP BY host, attempt_id
)
WHERE span.3 AND ifNull(span.2 > span.1, true)
GROUP BY host
ORDER BY host
