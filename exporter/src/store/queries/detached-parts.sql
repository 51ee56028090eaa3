-- A damaged part of samples is no damage to the ledger.
SELECT table, name, ifNull(reason, '') AS why
FROM system.detached_parts WHERE database = currentDatabase() AND table <> 'gpu_samples'
ORDER BY table, name
LIMIT 1
