-- Where nothing says when a run ended, it ended with the last of its attempts.
WITH past AS (
  SELECT run, variant, started, ended FROM (
    SELECT
      run, argMax(r.outcome, r.load_id) AS ended_as, argMax(r.started_at, r.load_id) AS started,
      tupleElement(argMax(tuple(r.variant_id), r.load_id), 1) AS variant,
      tupleElement(argMax(tuple(r.ended_at), r.load_id), 1) AS ended
    FROM runs AS r
    WHERE load_id <= {asOf:UInt64} AND deployment = {deployment:String} AND flow = {flow:String}
    GROUP BY run
  )
  WHERE ended_as = 'succeeded'
  ORDER BY started DESC, run
  LIMIT {limit:UInt32}
)
SELECT
  held.run AS run, past.variant AS variant_id, held.step AS step,
  sum(toInt128(assumeNotNull(held_gpus)) * (assumeNotNull(end_at) - start_at)) AS gpu_ms,
  sum(toInt128(assumeNotNull(held_vcpus)) * (assumeNotNull(end_at) - start_at)) AS vcpu_ms,
  sum(toInt128(assumeNotNull(held_memory)) * (assumeNotNull(end_at) - start_at)) AS byte_ms,
  intervalLengthSum(start_at, assumeNotNull(end_at)) AS busy_ms,
  past.started AS run_started_at,
  ifNull(past.ended, max(held.last_end)) AS run_ended_at
FROM (
  SELECT *, max(end_at) OVER (PARTITION BY run) AS last_end
  FROM (
    SELECT run, step, start_at, end_at, is_clone, held_gpus, held_vcpus, held_memory
    FROM attempts
    WHERE load_id <= {asOf:UInt64} AND deployment = {deployment:String} AND flow = {flow:String}
      AND run IN (SELECT run FROM past)
    ORDER BY run, step, task, attempt, load_id DESC
    LIMIT 1 BY run, step, task, attempt
  )
) AS held
INNER JOIN past ON past.run = held.run
WHERE NOT is_clone AND end_at > start_at AND held_gpus IS NOT NULL
GROUP BY held.run, past.variant, past.started, past.ended, held.step
ORDER BY run, step
