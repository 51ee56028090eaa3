const RUN_COLUMNS = `
  runs_v3.flow_id, coalesce(run_id, run_number::text) AS run_number, user_name, ts_epoch, last_heartbeat_ts,
  tags, system_tags`;

/** A value that is longer decides nothing; one row must not fill the memory. */
const VALUE_LIMIT_BYTES = 8192;

/** All runs, named as the service names them: by `run_id` where there is one, else by `run_number`. */
export const ALL_RUNS = `SELECT ${RUN_COLUMNS} FROM runs_v3`;

/** $1: since when, ms. */
export const RUNS_SINCE = `SELECT ${RUN_COLUMNS} FROM runs_v3 WHERE ts_epoch >= $1`;

/** $1, $2: flows and numbers of runs; $3, $4: flows and names of others. */
export const NAMED_RUNS = `
  SELECT ${RUN_COLUMNS}
  FROM unnest($1::text[], $2::bigint[]) AS wanted (flow, number)
  JOIN runs_v3 ON runs_v3.flow_id = wanted.flow AND run_number = wanted.number
  UNION ALL
  SELECT ${RUN_COLUMNS}
  FROM unnest($3::text[], $4::text[]) AS wanted (flow, name)
  JOIN runs_v3 ON runs_v3.flow_id = wanted.flow AND run_id = wanted.name`;

/** $1: flow; $2: `run_id`. */
export const RUN_NUMBER = 'SELECT run_number FROM runs_v3 WHERE flow_id = $1 AND run_id = $2';

/**
 * The newest id, the clock of the database in UTC ms, and which transactions may still write: every one before
 * `oldest_open` is over, none from `next_transaction` on has begun to write.
 */
export const TAIL_END = `
  SELECT coalesce(max(id), 0) AS newest_id, floor(extract(epoch FROM now()) * 1000) AS now_ms,
    txid_snapshot_xmin(txid_current_snapshot()) AS oldest_open,
    txid_snapshot_xmax(txid_current_snapshot()) AS next_transaction
  FROM metadata_v3`;

/**
 * By run, how many rows there are above the id $1, and how many of them above $2, which is not below $1. The name is
 * looked up by run: as a join it would read the whole of `runs_v3`.
 */
export const TAIL_COUNTS = `
  SELECT flow_id, counted, kept, coalesce(
    (SELECT run_id FROM runs_v3 WHERE runs_v3.flow_id = tail.flow_id AND runs_v3.run_number = tail.run_number),
    run_number::text) AS run_number
  FROM (
    SELECT flow_id, run_number, count(*) AS counted, count(*) FILTER (WHERE id > $2) AS kept
    FROM metadata_v3 WHERE id > $1 GROUP BY flow_id, run_number
  ) AS tail`;

/** $1: flow; $2: run number; $3: the id above which rows are wanted; $4: rows at most. */
export const METADATA = `
  SELECT id, step_name, coalesce(task_name, task_id::text) AS task_id, field_name,
    CASE WHEN octet_length(value::text) <= ${VALUE_LIMIT_BYTES} THEN value END AS value, ts_epoch, tags
  FROM metadata_v3 WHERE flow_id = $1 AND run_number = $2 AND id > $3 LIMIT $4`;

/** The tasks with a heartbeat. $1: flow; $2: run number; $3: steps; $4: rows at most. */
export const TASKS = `
  SELECT step_name, coalesce(task_name, task_id::text) AS task_id, last_heartbeat_ts
  FROM tasks_v3
  WHERE flow_id = $1 AND run_number = $2 AND step_name = ANY ($3::text[]) AND last_heartbeat_ts IS NOT NULL
  LIMIT $4`;
