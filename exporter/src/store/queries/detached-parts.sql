SELECT table, name, ifNull(reason, '') AS why
FROM system.detached_parts WHERE database = currentDatabase()
ORDER BY table, name
LIMIT 1
