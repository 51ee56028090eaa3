-- What was observed of the GPU time of a piece. `observed` is 0 where nothing was, and `metered` where nothing tells
-- its energy: the sums beside them are 0 then and are read as absent and null.
ALTER TABLE allocated_charges
  ADD COLUMN IF NOT EXISTS used_gpu_time Int128 DEFAULT 0 AFTER gpu_time,
  ADD COLUMN IF NOT EXISTS workload_idle_gpu_time Int128 DEFAULT 0 AFTER used_gpu_time,
  ADD COLUMN IF NOT EXISTS busy_gpu_time Int128 DEFAULT 0 AFTER workload_idle_gpu_time,
  ADD COLUMN IF NOT EXISTS energy_mj Int64 DEFAULT 0 AFTER busy_gpu_time,
  ADD COLUMN IF NOT EXISTS observed Int8 DEFAULT 0 AFTER energy_mj,
  ADD COLUMN IF NOT EXISTS metered Int8 DEFAULT 0 AFTER observed;
