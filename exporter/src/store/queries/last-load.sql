SELECT max(load_id) AS load_id, max(at) AS at FROM loads
