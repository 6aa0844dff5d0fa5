-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
assert(false, ("x"):rep(2e7))
