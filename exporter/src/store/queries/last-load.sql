SELECT max(load_id) AS load_id FROM loads
