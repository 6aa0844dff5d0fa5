-- expect: MEMORY_LIMIT|CPU_LIMIT
return regex.match_all(("x"):rep(1e6), ("()"):rep(100) .. "x")
