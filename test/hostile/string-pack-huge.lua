-- expect: SCRIPT_ERROR|MEMORY_LIMIT|CPU_LIMIT
return #string.pack("c2000000000", "x")
