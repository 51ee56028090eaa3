SELECT max(session) AS session FROM sample_sessions
