-- expect: MEMORY_LIMIT|INVALID_ARGUMENTS
app.integrations.agora.query_recording(("x"):rep(3e7), ("y"):rep(3e7))
