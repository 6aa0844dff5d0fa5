-- expect: MEMORY_LIMIT|CPU_LIMIT
local s = ("x"):rep(1e6)
return #s:gsub(".", ("%0"):rep(1000))
