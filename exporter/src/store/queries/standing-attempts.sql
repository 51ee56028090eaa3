-- Content and hosts of the latest version of every attempt of these runs.
SELECT
  deployment, flow, run, step, task, attempt,
  argMax(content_hash, load_id) AS content, argMax(a.hosts, load_id) AS last_hosts
FROM attempts AS a
WHERE (deployment, flow, run) IN (
    SELECT d, f, r FROM (SELECT 1)
    ARRAY JOIN {deployments:Array(String)} AS d, {flows:Array(String)} AS f, {runs:Array(String)} AS r
  )
GROUP BY deployment, flow, run, step, task, attempt
