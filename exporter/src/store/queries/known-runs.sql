SELECT deployment, flow, run, argMax(r.outcome, load_id) AS outcome, argMax(r.fingerprint, load_id) AS fingerprint
FROM runs AS r
WHERE load_id <= {asOf:UInt64} AND deployment = {deployment:String} AND flow <> ''
GROUP BY deployment, flow, run
