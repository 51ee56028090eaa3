SELECT
  name, feed, pool, provider, region, zone, instance_type, capacity_type, gpus, gpu_model, vcpus, memory,
  billing_resource_id, internal_ip, from_at, to_at
FROM hosts
WHERE load_id <= {asOf:UInt64}
ORDER BY name, load_id DESC
LIMIT 1 BY name
