-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
error(("x"):rep(3e7))
