SELECT load_id, content_hash FROM loads WHERE key = {key:String}
