-- expect: MEMORY_LIMIT|CPU_LIMIT
return #regex.gsub(("x"):rep(1e5), "x", ("$0"):rep(1e5))
