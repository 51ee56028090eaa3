-- Labels are those of the latest version of the run: a late tag edit moves cost to another group, never changes it.
-- What has no flow is no Metaflow run: it has no step and no variant, and its label groups do not count it as a run.
SELECT
  charge.deployment AS deployment, charge.flow AS flow,
  multiIf({by:String} = 'flow', charge.flow, {by:String} = 'step', charge.step, label.value) AS value,
  sum(charge.estimated) AS estimated,
  sum(charge.billed) AS billed,
  sum(charge.held_gpu_time) AS held_gpu_time,
  sum(charge.unpriced_ms) AS unpriced_ms,
  uniqExactIf(charge.run, NOT charge.uncounted AND charge.flow <> '') AS run_count
FROM (
  SELECT
    deployment, flow, run, if({by:String} = 'step', toString(p.step), '') AS step,
    sumIf(toDecimal256(amount, 12), rung <> 'billed') AS estimated,
    sumIf(toDecimal256(amount, 12), rung = 'billed') AS billed,
    sum(gpu_time) AS held_gpu_time,
    sum(if(priced <> 0, 0, held_ms)) AS unpriced_ms,
    (deployment, flow, run) IN (
      SELECT d, f, r FROM (SELECT 1)
      ARRAY JOIN {deployments:Array(String)} AS d, {flows:Array(String)} AS f, {runs:Array(String)} AS r
    ) AS uncounted
  FROM allocated_charges AS p
  WHERE load_id <= {asOf:UInt64} AND kind = 'workload'
    AND period_start >= {from:Int64} AND period_start < {to:Int64}
    AND (flow <> '' OR {by:String} NOT IN ('flow', 'step', 'config_variant'))
  GROUP BY deployment, flow, run, step
  HAVING sum(rows) <> 0
) AS charge
LEFT JOIN (
  SELECT
    deployment, flow, run,
    tupleElement(argMax(tuple(multiIf(
      {by:String} = 'config_variant', variant_id,
      {by:String} = 'team', toString(team),
      {by:String} = 'project', toString(project),
      {by:String} = 'cost_center', toString(cost_center),
      {by:String} = 'experiment', toString(experiment),
      {by:String} = 'model_version', toString(model_version),
      NULL
    )), load_id), 1) AS value
  FROM runs
  WHERE load_id <= {asOf:UInt64} AND {by:String} NOT IN ('flow', 'step')
  GROUP BY deployment, flow, run
) AS label ON label.deployment = charge.deployment AND label.flow = charge.flow AND label.run = charge.run
GROUP BY deployment, flow, value
ORDER BY deployment, flow, value
