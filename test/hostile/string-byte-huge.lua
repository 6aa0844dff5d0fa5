-- expect: SCRIPT_ERROR|MEMORY_LIMIT
local s = ("x"):rep(3e7)
return select("#", s:byte(1, -1))
