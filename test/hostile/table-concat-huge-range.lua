-- expect: SCRIPT_ERROR|CPU_LIMIT|MEMORY_LIMIT
return table.concat({}, "x", 1, 2^31 - 1)
