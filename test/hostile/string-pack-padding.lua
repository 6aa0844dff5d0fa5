-- expect: MEMORY_LIMIT|SCRIPT_ERROR|CPU_LIMIT
return #string.pack(("c1000000"):rep(500), table.unpack((function() local t = {} for i = 1, 500 do t[i] = "" end return t end)()))
