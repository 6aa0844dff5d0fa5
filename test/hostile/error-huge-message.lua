-- expect: SCRIPT_ERROR|MEMORY_LIMIT
error(("x"):rep(3e7))
