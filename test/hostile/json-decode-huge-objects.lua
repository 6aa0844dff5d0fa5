-- expect: MEMORY_LIMIT|CPU_LIMIT
return #json.decode("[" .. ('{"a":{}},'):rep(1e6) .. "0]")
