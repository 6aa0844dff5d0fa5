-- expect: MEMORY_LIMIT|INVALID_ARGUMENTS|CPU_LIMIT
app.integrations.agora.query_recording(("x"):rep(3e7), ("y"):rep(3e7))
