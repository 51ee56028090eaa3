-- Content and team of the latest version of these runs.
SELECT
  deployment, flow, run,
  argMax(content_hash, load_id) AS content,
  tupleElement(argMax(tuple(team), load_id), 1) AS team
FROM runs
WHERE (deployment, flow, run) IN (
    SELECT d, f, r FROM (SELECT 1)
    ARRAY JOIN {deployments:Array(String)} AS d, {flows:Array(String)} AS f, {runs:Array(String)} AS r
  )
GROUP BY deployment, flow, run
